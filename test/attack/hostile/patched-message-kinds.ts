import type { Technique } from "../technique.ts";

/** Has guest strings start like words of the protocol. */
export const technique: Technique = {
  kind: "patched primordials",
  code: `async (ctx) => { for (const text of ["d\\"forged\\"", "f{}", "c1 reveal {}", "l{}", "x", "q1", "t0", "k{}"]) { console.log(text); ctx.log.info(text, text); try { await ctx.hmac(text, text); } catch {} } return "d\\"mine\\""; }`,
  ends: ["completed"],
  answer: 'd"mine"',
};
