import type { Technique } from "../technique.ts";

/** Gives a small string to whoever checks it and a huge one to whoever uses it. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `async (ctx) => {
  let reads = 0;
  const shifty = { get value() { reads += 1; return reads % 2 === 1 ? "ok" : "x".repeat(5e6); }, toString() { reads += 1; return reads % 2 === 1 ? "SHOWN" : "KEY"; } };
  ctx.log.info("x", shifty);
  let revealed;
  try { revealed = (await ctx.reveal({ toString: () => (reads++ % 2 === 0 ? "KEY" : "SHOWN") })).length; } catch (error) { revealed = error.code; }
  return { revealed, shifty };
}`,
  ends: ["completed", "TENON_TOO_LARGE", "TENON_RESULT_INVALID"],
};
