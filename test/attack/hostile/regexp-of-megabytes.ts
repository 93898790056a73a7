import type { Technique } from "../technique.ts";

/** Compiles a regular expression of megabytes. */
export const technique: Technique = {
  kind: "code generation",
  code: `() => { const names = new Set(); for (let i = 0; i < 20; i++) try { new RegExp("(?:" + "a|b{3,7}[^x]".repeat(200000 + i) + ")").test("ab"); } catch (error) { names.add(error.name); } return [...names].every((name) => name === "SyntaxError" || name === "RangeError"); }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR", "TENON_SANDBOX_CRASHED"],
  kills: true,
};
