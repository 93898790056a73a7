import type { Technique } from "../technique.ts";

/** Puts its own class where promises are derived. */
export const technique: Technique = {
  kind: "promises",
  code: `async (ctx) => {
  const taken = [];
  class Own extends Promise { constructor(executor) { super((resolve, reject) => executor((value) => { taken.push(typeof value); resolve(value); }, reject)); } }
  Object.defineProperty(Promise, Symbol.species, { get: () => Own });
  Promise.prototype.constructor = Own;
  const signature = await ctx.hmac("KEY", "x");
  const text = await (await ctx.fetch(ctx.input.bound + "/x", { method: "POST", body: "hello" })).text();
  return [signature.length, text];
}`,
  ends: ["completed"],
  answer: [64, "hello"],
};
