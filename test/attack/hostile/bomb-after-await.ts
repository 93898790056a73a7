import type { Technique } from "../technique.ts";

/** Takes memory in what a reply resumes. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `async (ctx) => { await ctx.hmac("KEY", "x"); const kept = []; for (;;) kept.push(new Array(1000).fill({})); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
