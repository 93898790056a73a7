import type { Technique } from "../technique.ts";

/** Loops in a timer. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { await new Promise((r) => setTimeout(r, 5)); for (;;); }`,
  ends: ["TENON_CPU_LIMIT"],
};
