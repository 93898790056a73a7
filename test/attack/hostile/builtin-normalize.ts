import type { Technique } from "../technique.ts";

/** Normalizes a string of millions of combining marks. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { for (;;) ('a' + '\\u0323\\u0307'.repeat(500000)).normalize('NFD').length; }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  kills: true,
};
