import type { Technique } from "../technique.ts";

/** Fills weak maps and references, which the collector must look at each time. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = [], map = new WeakMap(); for (let i = 0; ; i++) { const key = { i }; map.set(key, { key }); kept.push(key, new WeakRef(key)); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
