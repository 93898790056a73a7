import type { Technique } from "../technique.ts";

/** Gives a new object from each toJSON. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `() => { const next = () => ({ toJSON: () => ({ next: next() }) }); return next(); }`,
  ends: ["TENON_RESULT_INVALID", "TENON_USER_ERROR", "TENON_CPU_LIMIT", "TENON_MEMORY_LIMIT"],
};
