import type { Technique } from "../technique.ts";

/** Extends the platform's classes and overrides what the product reads. */
export const technique: Technique = {
  kind: "brand confusion",
  code: `async (ctx) => {
  class Shifty extends Request { get url() { return ctx_hidden; } get method() { return "DELETE"; } clone() { for (;;); } }
  const ctx_hidden = ctx.input.hidden + "/"; let status;
  try { status = (await ctx.fetch(new Shifty(ctx.input.bound + "/x"))).status; } catch { status = "refused"; }
  class Late extends URL { get href() { return ctx_hidden; } toString() { return ctx_hidden; } }
  let second; try { second = (await ctx.fetch(new Late(ctx.input.bound + "/x"))).status; } catch { second = "refused"; }
  return [status, second].every((one) => one === 200 || one === "refused");
}`,
  ends: ["completed"],
  answer: true,
};
