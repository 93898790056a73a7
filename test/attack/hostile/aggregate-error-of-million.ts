import type { Technique } from "../technique.ts";

/** Throws an aggregate of a million errors. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => { const one = new Error("x"); throw new AggregateError(Array.from({ length: 1e5 }, () => one), "many"); }`,
  ends: ["TENON_USER_ERROR", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
};
