import type { Technique } from "../technique.ts";

/** Matches (a+)+$ against what does not match. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => /^(a+)+$/.test('a'.repeat(50) + 'b')`,
  ends: ["TENON_CPU_LIMIT"],
};
