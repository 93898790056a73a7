import type { Technique } from "../technique.ts";

/** Leaves a global for the next run of its process. */
export const technique: Technique = {
  kind: "leaked references",
  code: `() => { const had = [globalThis.leftBehind ?? null, Object.prototype.leftBehind ?? null, Symbol.for("left").leftBehind ?? null]; globalThis.leftBehind = 1; Object.prototype.leftBehind = 2; Symbol.prototype.leftBehind = 3; return had; }`,
  ends: ["completed"],
  answer: [null, null, null],
};
