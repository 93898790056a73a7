import type { Technique } from "../technique.ts";

/** Copies a buffer by every method there is. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = [new ArrayBuffer(4e6)]; for (;;) { kept.push(kept[0].slice(0), structuredClone(kept[0]), new Uint8Array(kept[0]).slice().buffer); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
