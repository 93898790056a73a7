import type { Technique } from "../technique.ts";

/** Exhausts the stack while its result is written. */
export const technique: Technique = {
  kind: "stack exhaustion",
  code: `() => ({ toJSON() { return { toJSON: this.toJSON, next: this.toJSON() }; } })`,
  ends: ["TENON_USER_ERROR", "TENON_RESULT_INVALID", "TENON_CPU_LIMIT"],
};
