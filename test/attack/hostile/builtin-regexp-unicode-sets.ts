import type { Technique } from "../technique.ts";

/** Compiles classes of the whole of Unicode. */
export const technique: Technique = {
  kind: "unstoppable builtins",
  code: `() => { for (let i = 0; ; i++) new RegExp('[\\\\p{L}--[\\\\p{Lu}&&[^' + String.fromCodePoint(100 + (i % 1000)) + ']]]{1,' + (i % 900 + 1) + '}', 'v').test('a'.repeat(1000)); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  kills: true,
};
