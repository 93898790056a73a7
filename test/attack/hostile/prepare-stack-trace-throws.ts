import type { Technique } from "../technique.ts";

/** Throws while the product reads the stack of the error that ends the run. */
export const technique: Technique = {
  kind: "stack frames",
  code: `() => { Error.prepareStackTrace = () => { throw new RangeError("from the formatter"); }; throw new Error("outer"); }`,
  ends: ["TENON_USER_ERROR"],
};
