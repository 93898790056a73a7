import type { Technique } from "../technique.ts";

/** Keeps promises that never settle. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (;;) kept.push(new Promise(() => {}).then(() => {}).finally(() => {})); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
