import type { Technique } from "../technique.ts";

/** Sorts an array-like of a length that has no end. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].sort.call({ length: 2 ** 32 - 2 })`,
  ends: [
    "TENON_CPU_LIMIT",
    "TENON_MEMORY_LIMIT",
    "TENON_CPU_LIMIT",
    "TENON_USER_ERROR",
    "completed",
    "TENON_SANDBOX_CRASHED",
  ],
  kills: true,
};
