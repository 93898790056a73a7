import type { Technique } from "../technique.ts";

/** Throws what has internal slots instead of fields. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { throw Object.assign(new Map([[1, new Date(NaN)]]), { message: new Uint8Array(3), stack: [1] }); }`,
  ends: ["TENON_USER_ERROR"],
};
