import type { Technique } from "../technique.ts";

/** Loops in its first slice. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => { for (;;); }`,
  ends: ["TENON_CPU_LIMIT"],
};
