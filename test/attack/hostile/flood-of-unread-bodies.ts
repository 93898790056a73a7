import type { Technique } from "../technique.ts";

/** Fetches large answers and reads none of them. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { const kept = []; for (let i = 0; i < 40; i++) kept.push(await ctx.fetch(ctx.input.bound + "/big?size=900000").then((r) => r.status, (e) => e.code)); return kept.every((one) => one === 200); }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  answer: true,
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
