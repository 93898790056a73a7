import type { Technique } from "../technique.ts";

/** Throws null. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { throw null; }`,
  ends: ["TENON_USER_ERROR"],
};
