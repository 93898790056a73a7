import type { Technique } from "../technique.ts";

/** Parses JSON nested deeper than the stack. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { try { JSON.parse('['.repeat(5e6) + ']'.repeat(5e6)); return 'parsed'; } catch (error) { return error.name; } }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
