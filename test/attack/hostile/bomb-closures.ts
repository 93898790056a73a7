import type { Technique } from "../technique.ts";

/** Keeps closures and generators, each with a frame. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (let i = 0; ; i++) { const big = new Array(100).fill(i); function* g() { yield big; } const it = g(); it.next(); kept.push(() => it); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
