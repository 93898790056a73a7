import type { Technique } from "../technique.ts";

/** Runs out of memory while its calls are under way. */
export const technique: Technique = {
  kind: "dispose during calls",
  code: `async (ctx) => { for (let i = 0; i < 20; i++) ctx.fetch(ctx.input.bound + "/slow?ms=100").catch(() => {}); await null; const kept = []; for (;;) kept.push(new Array(1000).fill({})); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
