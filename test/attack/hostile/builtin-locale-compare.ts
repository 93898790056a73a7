import type { Technique } from "../technique.ts";

/** Collates long strings. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { const a = '\\u00e4'.repeat(1e6); for (;;) a.localeCompare(a + 'x', 'sv'); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  kills: true,
};
