import type { Technique } from "../technique.ts";

/** Searches an array of 2**32 holes. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => [].indexOf.call(Object.assign(new Array(2 ** 32 - 1), { 5: 1 }), 2)`,
  ends: ["TENON_CPU_LIMIT", "completed"],
  kills: true,
};
