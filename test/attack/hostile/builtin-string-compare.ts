import type { Technique } from "../technique.ts";

/** Compares strings that differ at their very end, over and over. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { const a = 'x'.repeat(2 ** 24) + 'a', b = 'x'.repeat(2 ** 24) + 'b'; let n = 0; for (;;) n += a < b ? 1 : 0; }`,
  ends: ["TENON_CPU_LIMIT", "TENON_MEMORY_LIMIT"],
};
