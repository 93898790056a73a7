import type { Technique } from "../technique.ts";

/** Gives an object with toString hooks where a stack is expected. */
export const technique: Technique = {
  kind: "stack frames",
  code: `() => { Error.prepareStackTrace = () => ({ toString() { for (;;); }, length: 1e9, slice() { for (;;); }, split() { for (;;); } }); throw new Error("x"); }`,
  ends: ["TENON_USER_ERROR"],
};
