import type { Technique } from "../technique.ts";

/** Loops after an await, where a timeout of the first call does not reach. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { await null; for (;;); }`,
  ends: ["TENON_CPU_LIMIT"],
};
