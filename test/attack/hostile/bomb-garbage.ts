import type { Technique } from "../technique.ts";

/** Makes garbage as fast as it can, and keeps nothing. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { for (;;) new Array(1e5).fill(0).map(() => ({})); }`,
  ends: ["TENON_CPU_LIMIT", "TENON_MEMORY_LIMIT"],
};
