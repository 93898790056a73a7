import type { Technique } from "../technique.ts";

/** Keeps buffers, which live outside the heap. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (;;) kept.push(new Uint8Array(1e6).fill(1)); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
