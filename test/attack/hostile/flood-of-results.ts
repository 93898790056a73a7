import type { Technique } from "../technique.ts";

/** Returns 200 MB. */
export const technique: Technique = {
  kind: "floods",
  code: `() => "x".repeat(2e8)`,
  ends: ["TENON_TOO_LARGE"],
};
