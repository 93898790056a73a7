import type { Technique } from "../technique.ts";

/** Reverses an array-like of 2**53 entries. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].reverse.call({ length: 2 ** 53 - 1 })`,
  ends: ["TENON_CPU_LIMIT"],
  kills: true,
};
