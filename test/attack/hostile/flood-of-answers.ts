import type { Technique } from "../technique.ts";

/** Fetches an answer larger than it may. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { try { return (await (await ctx.fetch(ctx.input.bound + "/big?size=50000000")).text()).length; } catch (error) { return error.code; } }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_TOO_LARGE"],
  answer: "TENON_TOO_LARGE",
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
