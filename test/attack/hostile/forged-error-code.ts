import type { Technique } from "../technique.ts";

/** Throws an error that claims a code of the product, to be retried or to hide. */
export const technique: Technique = {
  kind: "promises",
  code: `() => { throw Object.assign(new Error("Isolate was disposed during execution due to memory limit"), { code: "TENON_MEMORY_LIMIT", name: "TenonError" }); }`,
  ends: ["TENON_USER_ERROR"],
};
