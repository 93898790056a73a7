import type { Technique } from "../technique.ts";

/** Reads the frames that product code left, for functions and receivers to call. */
export const technique: Technique = {
  kind: "stack frames",
  code: `async (ctx) => {
  const found = [];
  Error.prepareStackTrace = (error, sites) => {
    for (const site of sites) {
      const self = site.getThis?.();
      const called = site.getFunction?.();
      if (self !== undefined && self !== null && self !== globalThis) found.push("this of " + site.getFunctionName());
      if (called !== undefined && called !== null && /prelude/.test(String(site.getFileName()))) found.push("function " + called.name);
    }
    return "replaced";
  };
  for (const attempt of [() => ctx.secrets.NOPE, () => ctx.fetch("x"), () => ctx.hmac("NOPE", "x"), () => new URL("x"), () => { throw new Error("own"); }])
    try { await attempt(); } catch (error) { void error.stack; }
  return found;
}`,
  ends: ["completed"],
  answer: [],
};
