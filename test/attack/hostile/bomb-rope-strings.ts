import type { Technique } from "../technique.ts";

/** Builds ropes that take memory only when they are read. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (let i = 0; ; i++) { const s = 'ab'.repeat(2 ** 20) + i; kept.push(s); JSON.stringify(s).length; } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
