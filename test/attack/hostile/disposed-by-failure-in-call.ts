import type { Technique } from "../technique.ts";

/** Throws while calls are under way and a stream is half read. */
export const technique: Technique = {
  kind: "dispose during calls",
  code: `async (ctx) => { const response = await ctx.fetch(ctx.input.bound + "/big?size=900000"); const reader = response.body.getReader(); await reader.read(); for (let i = 0; i < 50; i++) { ctx.fetch(ctx.input.bound + "/slow?ms=20000").catch(() => {}); reader.read().catch(() => {}); } throw new Error("left in the middle"); }`,
  ends: ["TENON_USER_ERROR"],
};
