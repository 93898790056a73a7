import type { Technique } from "../technique.ts";

/** Makes a request of proxies that answer differently each time. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `async (ctx) => {
  let n = 0;
  const headers = new Proxy({}, { ownKeys: () => ["x-a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: "1" }), get: () => (n++ % 2 ? "a" : ctx.secrets.KEY) });
  const init = new Proxy({}, { get: (_, name) => (name === "method" ? (n++ % 2 ? "GET" : "POST") : name === "headers" ? headers : undefined) });
  const outcomes = [];
  for (let i = 0; i < 4; i++) try { outcomes.push((await ctx.fetch(ctx.input.stranger + "/stranger", init)).status); } catch (error) { outcomes.push(error.code ?? error.name); }
  return outcomes.every((one) => one === 200 || one === "TENON_SECRET_HOST" || one === "TypeError");
}`,
  ends: ["completed"],
  answer: true,
};
