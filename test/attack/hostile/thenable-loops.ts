import type { Technique } from "../technique.ts";

/** Returns a thenable whose then is a getter without end. */
export const technique: Technique = {
  kind: "promises",
  code: `() => ({ get then() { for (;;); } })`,
  ends: ["TENON_CPU_LIMIT"],
};
