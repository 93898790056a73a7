import type { Technique } from "../technique.ts";

/** Formats every stack forever. */
export const technique: Technique = {
  kind: "stack frames",
  code: `async (ctx) => { Error.prepareStackTrace = () => { for (;;); }; try { await ctx.fetch("x"); } catch (error) { return error.stack; } }`,
  ends: ["TENON_CPU_LIMIT"],
};
