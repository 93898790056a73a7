import type { Technique } from "../technique.ts";

/** Has V8 compile megabytes that it made. */
export const technique: Technique = {
  kind: "code generation",
  code: `() => { for (let i = 0; ; i++) eval("var a" + i + "=[" + "1,".repeat(2000000) + "];"); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  kills: true,
};
