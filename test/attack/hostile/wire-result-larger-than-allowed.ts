import type { Technique } from "../technique.ts";

/** Ends with a result of megabytes. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ done }) => { done("x".repeat(5e6)); }`,
  ends: ["TENON_TOO_LARGE"],
  escaped: true,
};
