import type { Technique } from "../technique.ts";

/** Replaces in a string that grows with each match. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { let s = 'a'; for (;;) s = s.replaceAll('a', 'aa$\`$&'); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  kills: true,
};
