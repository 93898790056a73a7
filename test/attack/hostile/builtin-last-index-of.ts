import type { Technique } from "../technique.ts";

/** Searches an array-like backwards. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)`,
  ends: ["TENON_CPU_LIMIT"],
  kills: true,
};
