import type { Technique } from "../technique.ts";

/** Loops in what a reply resumes. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async (ctx) => { await ctx.hmac("KEY", "x"); for (;;); }`,
  ends: ["TENON_CPU_LIMIT"],
};
