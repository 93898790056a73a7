import type { Technique } from "../technique.ts";

/** Compiles functions without end, to fill V8's code space. */
export const technique: Technique = {
  kind: "code generation",
  code: `() => { const kept = []; for (let i = 0; ; i++) { const f = Function("a", ("if (a) { a += " + i + "; }").repeat(20) + "return a;"); f(i); kept.push(f); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
};
