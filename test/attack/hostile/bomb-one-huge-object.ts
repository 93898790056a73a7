import type { Technique } from "../technique.ts";

/** Adds properties to one object. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const object = {}; for (let i = 0; ; i++) object['k' + i] = i; }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
