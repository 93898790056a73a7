import type { Technique } from "../technique.ts";

/** Replaces the methods behind Symbol.match, replace and split. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `async (ctx) => { for (const name of ["match", "replace", "split", "search", "matchAll"]) RegExp.prototype[Symbol[name]] = () => { throw new Error(name); }; RegExp.prototype.exec = () => ({ 0: "forged", index: 0 }); RegExp.prototype.test = () => true; return (await ctx.hmac("KEY", "x")).length; }`,
  ends: ["completed", "TENON_USER_ERROR", "TENON_INVALID"],
};
