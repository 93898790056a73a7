import type { Technique } from "../technique.ts";

/** Registers symbols, which are never collected. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { for (let i = 0; ; i++) Symbol.for('s'.repeat(100) + i); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
