import type { Technique } from "../technique.ts";

/** Restarts itself from each of many finally blocks. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => { const again = (n) => { try { for (;;); } finally { again(n + 1); } }; again(0); }`,
  ends: ["TENON_CPU_LIMIT"],
};
