import type { Technique } from "../technique.ts";

/** Keeps objects. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `async () => { const kept = []; for (;;) kept.push({ a: { b: {} } }); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
