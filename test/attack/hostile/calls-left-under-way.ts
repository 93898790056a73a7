import type { Technique } from "../technique.ts";

/** Returns while many of its requests wait for an answer. */
export const technique: Technique = {
  kind: "late calls",
  code: `async (ctx) => { for (let i = 0; i < 50; i++) ctx.fetch(ctx.input.bound + "/slow?ms=30000").catch(() => {}); return "left"; }`,
  ends: ["completed"],
  answer: "left",
};
