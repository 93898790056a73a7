import type { Technique } from "../technique.ts";

/** Loops in toJSON. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `() => ({ a: { toJSON() { for (;;); } } })`,
  ends: ["TENON_CPU_LIMIT"],
};
