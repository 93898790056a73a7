import type { Technique } from "../technique.ts";

/** Fills a map. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const map = new Map(); for (let i = 0; ; i++) map.set(i, { i }); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
