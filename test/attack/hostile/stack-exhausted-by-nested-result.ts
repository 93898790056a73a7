import type { Technique } from "../technique.ts";

/** Returns an object deeper than any stack. */
export const technique: Technique = {
  kind: "stack exhaustion",
  code: `() => { let value = {}; for (let i = 0; i < 200000; i++) value = { value }; return value; }`,
  ends: ["TENON_RESULT_INVALID"],
};
