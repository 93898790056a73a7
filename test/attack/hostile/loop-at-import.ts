import type { Technique } from "../technique.ts";

/** Loops while its bundle is loaded. */
export const technique: Technique = {
  kind: "endless loops",
  code: `(() => { for (;;); })()`,
  ends: ["TENON_CPU_LIMIT"],
};
