import type { Technique } from "../technique.ts";

/** Raises a number to a power that never ends. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { let n = 3n; for (;;) n = n ** 3n; }`,
  ends: ["TENON_CPU_LIMIT", "TENON_USER_ERROR", "TENON_MEMORY_LIMIT"],
  kills: true,
};
