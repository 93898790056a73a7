import type { Technique } from "../technique.ts";

/** Parses JSON that is small as text and large as objects. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const text = '[' + '{},'.repeat(3e6) + '0]'; const kept = []; for (;;) kept.push(JSON.parse(text)); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
