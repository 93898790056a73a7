import type { Technique } from "../technique.ts";

/** Keeps numbers of millions of bits. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (let i = 0n; ; i++) kept.push(2n ** 1000000n + i); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
