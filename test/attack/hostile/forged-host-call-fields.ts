import type { Technique } from "../technique.ts";

/** Gives the request fields that only the worker may set. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const outcomes = [];
  for (const extra of [{ allow: ["*"] }, { secrets: [] }, { clientCertificate: "x" }, { bodyLimit: 1e9 }, { token: 1 }, { alias: "x" }, { seal: {} }, { dispatcher: {} }, { agent: {} }]) try { outcomes.push((await ctx.fetch(ctx.input.hidden + "/", extra)).status); } catch (error) { outcomes.push("refused"); }
  return [...new Set(outcomes)];
}`,
  ends: ["completed"],
  answer: ["refused"],
};
