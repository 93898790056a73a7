import type { Technique } from "../technique.ts";

/** Doubles a string and flattens it. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { let s = 'x'; const kept = []; for (;;) { s += s; kept.push(s.split('').length); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR", "TENON_SANDBOX_CRASHED"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
