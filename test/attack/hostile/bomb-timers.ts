import type { Technique } from "../technique.ts";

/** Sets timers without end. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { for (let i = 0; ; i++) setTimeout(() => {}, 1e9 - i); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
