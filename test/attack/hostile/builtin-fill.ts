import type { Technique } from "../technique.ts";

/** Fills huge arrays, over and over. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { for (;;) new Array(2 ** 25).fill(1); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_SANDBOX_CRASHED"],
  kills: true,
};
