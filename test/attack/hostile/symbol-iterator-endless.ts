import type { Technique } from "../technique.ts";

/** Gives endless iterators to whatever takes a list. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `() => { Array.prototype[Symbol.iterator] = function* () { for (;;) yield ["a", "b"]; }; return new Headers([["x", "1"]]).get("a"); }`,
  ends: ["TENON_CPU_LIMIT", "TENON_MEMORY_LIMIT", "TENON_USER_ERROR", "completed"],
};
