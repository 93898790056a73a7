import type { Technique } from "../technique.ts";

/** Joins two milliards of holes. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => new Array(2 ** 29).join('')`,
  ends: ["TENON_CPU_LIMIT", "completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  kills: true,
};
