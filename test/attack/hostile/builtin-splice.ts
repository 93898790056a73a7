import type { Technique } from "../technique.ts";

/** Moves the tail of an array-like without end. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].splice.call({ length: 2 ** 53 - 2 }, 0, 1)`,
  ends: ["TENON_CPU_LIMIT"],
  kills: true,
};
