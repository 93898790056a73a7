import type { Technique } from "../technique.ts";

/** Prints a number of millions of digits. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => (7n ** (2n ** 22n)).toString().length`,
  ends: ["TENON_CPU_LIMIT", "completed", "TENON_USER_ERROR", "TENON_MEMORY_LIMIT"],
  kills: true,
};
