import type { Technique } from "../technique.ts";

/** Has V8 parse what is nested deeper than its stack. */
export const technique: Technique = {
  kind: "code generation",
  code: `() => { const names = []; for (const [open, close] of [["[", "]"], ["(", ")"], ["{", "}"], ["-", "1"], ["a=>", "1"], ["\`\${", "}\`"]]) try { eval(open.repeat(200000) + "1" + close.repeat(200000)); } catch (error) { names.push(error.name); } return names.every((name) => name === "RangeError" || name === "SyntaxError"); }`,
  ends: ["completed", "TENON_CPU_LIMIT", "TENON_MEMORY_LIMIT"],
  answer: true,
  kills: true,
};
