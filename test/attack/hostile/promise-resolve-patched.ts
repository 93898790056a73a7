import type { Technique } from "../technique.ts";

/** Replaces what makes promises, before it calls the host. */
export const technique: Technique = {
  kind: "promises",
  code: `async (ctx) => {
  for (const name of ["resolve", "reject", "race", "all", "withResolvers", "try"]) Promise[name] = () => { throw new Error("patched " + name); };
  globalThis.Promise = function () { throw new Error("patched"); };
  return (await ctx.hmac("KEY", "x")).length;
}`,
  ends: ["completed"],
  answer: 64,
};
