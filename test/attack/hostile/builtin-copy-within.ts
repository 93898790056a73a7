import type { Technique } from "../technique.ts";

/** Copies an array-like onto itself. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0)`,
  ends: ["TENON_CPU_LIMIT"],
  kills: true,
};
