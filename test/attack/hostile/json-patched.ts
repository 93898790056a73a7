import type { Technique } from "../technique.ts";

/** Replaces JSON, Object and Reflect before results and calls are written. */
export const technique: Technique = {
  kind: "polluted prototypes",
  code: `async (ctx) => {
  JSON.stringify = () => '"forged"'; JSON.parse = () => ({ forged: true });
  for (const name of ["keys", "entries", "freeze", "defineProperty", "getOwnPropertyDescriptor", "create", "assign", "hasOwn"]) Object[name] = () => { throw new Error(name); };
  for (const name of Object.getOwnPropertyNames(Reflect)) Reflect[name] = () => { throw new Error(name); };
  return [(await ctx.hmac("KEY", "x")).length, "real"];
}`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: [64, "real"],
};
