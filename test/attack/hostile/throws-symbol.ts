import type { Technique } from "../technique.ts";

/** Throws a symbol. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { throw Symbol('s'); }`,
  ends: ["TENON_USER_ERROR"],
};
