import type { Technique } from "../technique.ts";

/** Is cancelled while many calls are under way, and makes more when it hears of it. */
export const technique: Technique = {
  kind: "dispose during calls",
  code: `async (ctx) => { ctx.signal.addEventListener("abort", () => { for (let i = 0; i < 500; i++) ctx.fetch(ctx.input.bound + "/late").catch(() => {}); }); for (let i = 0; i < 50; i++) ctx.fetch(ctx.input.bound + "/slow?ms=20000").catch(() => {}); console.log("go"); await new Promise(() => {}); }`,
  ends: ["cancelled"],
  cancelled: true,
};
