import type { Technique } from "../technique.ts";

/** Spreads an array-like of the greatest length into a call. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { try { return Math.max.apply(null, { length: 2 ** 27 }); } catch (error) { return error.name; } }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  kills: true,
};
