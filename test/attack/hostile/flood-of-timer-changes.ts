import type { Technique } from "../technique.ts";

/** Sets and clears timers without end: each asks the process for another waking. */
export const technique: Technique = {
  kind: "floods",
  code: `() => { for (let i = 0; ; i++) clearTimeout(setTimeout(() => {}, 1e9 - i)); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  kills: true,
};
