import type { Technique } from "../technique.ts";

/** Asks for stacks without end, from deep down. */
export const technique: Technique = {
  kind: "stack frames",
  code: `() => { Error.stackTraceLimit = Infinity; const deep = (n) => { if (n === 0) throw new Error("deep"); return deep(n - 1); }; deep(5000); }`,
  ends: ["TENON_USER_ERROR"],
};
