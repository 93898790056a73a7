import type { Technique } from "../technique.ts";

/** Backtracks through groups, lookarounds and back-references. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => /^(?=((a|aa)+)+$)(\\w+\\s?)*(\\1|b)*!$/.test('a'.repeat(60) + ' ' + 'a'.repeat(60))`,
  ends: ["TENON_CPU_LIMIT"],
};
