import type { Technique } from "../technique.ts";

/** Asks for one buffer of gigabytes. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { try { return new ArrayBuffer(2 ** 33).byteLength; } catch (error) { return error.name; } }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  answer: "RangeError",
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
