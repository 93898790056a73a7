import type { Technique } from "../technique.ts";

/** Makes buffers resizable by transferring them. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { let grown = 0; for (let i = 0; i < 50; i++) try { const b = new ArrayBuffer(8).transfer(2 ** 24); grown += b.resizable ? 1 : 0; } catch {} return grown; }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  answer: 0,
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
