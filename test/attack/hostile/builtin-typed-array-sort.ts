import type { Technique } from "../technique.ts";

/** Sorts typed arrays as long as they may be. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { for (;;) { const a = new Float64Array(1e6).map((_, i) => -i); a.sort(); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
};
