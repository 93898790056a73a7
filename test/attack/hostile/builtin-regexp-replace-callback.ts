import type { Technique } from "../technique.ts";

/** Loops in the callback of a replacement on a pattern that backtracks. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => 'a'.repeat(30).replace(/(a*)*/g, (m) => { for (;;); })`,
  ends: ["TENON_CPU_LIMIT"],
};
