import type { Technique } from "../technique.ts";

/** Dresses its own objects as requests, signals and headers. */
export const technique: Technique = {
  kind: "brand confusion",
  code: `async (ctx) => {
  const outcomes = [];
  const request = Object.create(Request.prototype, { url: { value: ctx.input.hidden + "/" }, method: { value: "GET" } });
  const signal = Object.create(AbortSignal.prototype);
  const headers = Object.create(Headers.prototype);
  for (const attempt of [() => ctx.fetch(request), () => ctx.fetch(ctx.input.bound + "/x", { signal }), () => ctx.fetch(ctx.input.bound + "/x", { headers }), () => ctx.fetch(Object.setPrototypeOf(new URL(ctx.input.hidden), null))]) try { outcomes.push((await attempt()).status); } catch { outcomes.push("refused"); }
  return outcomes.filter((one) => one !== "refused" && one !== 200);
}`,
  ends: ["completed"],
  answer: [],
};
