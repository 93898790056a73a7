import type { Technique } from "../technique.ts";

/** Grows arrays to the greatest length by their length and by their ends. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const a = []; a.length = 2 ** 32 - 1; try { a.push(1); } catch (error) { a.length = 0; } const b = new Array(2 ** 25); for (let i = 0; ; i++) { b[i] = [i]; } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_SANDBOX_CRASHED"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
