import type { Technique } from "../technique.ts";

/** Parses dates as long as a book. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { for (;;) Date.parse('2020-01-01 '.repeat(1e5)); }`,
  ends: ["TENON_CPU_LIMIT"],
};
