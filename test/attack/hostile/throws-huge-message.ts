import type { Technique } from "../technique.ts";

/** Throws a message of megabytes. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { throw new Error('x'.repeat(4e6)); }`,
  ends: ["TENON_USER_ERROR"],
};
