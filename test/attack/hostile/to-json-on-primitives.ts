import type { Technique } from "../technique.ts";

/** Puts toJSON on the prototypes of primitives. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `() => { for (const type of [String, Number, Boolean, BigInt, Symbol]) type.prototype.toJSON = () => { for (;;); }; return { a: "x", b: 1, c: true, d: [null] }; }`,
  ends: ["completed"],
  answer: { a: "x", b: 1, c: true, d: [null] },
};
