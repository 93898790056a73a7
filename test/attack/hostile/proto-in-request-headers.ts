import type { Technique } from "../technique.ts";

/** Sends headers named __proto__ and constructor. */
export const technique: Technique = {
  kind: "own __proto__",
  code: `async (ctx) => { const response = await ctx.fetch(ctx.input.bound + "/x", { method: "POST", body: "x", headers: JSON.parse('{"__proto__":"a","constructor":"b","hasOwnProperty":"c"}') }); return response.status; }`,
  ends: ["completed", "TENON_FETCH_INVALID", "TENON_USER_ERROR"],
  holds: () => {
    if (
      Object.hasOwn(Object.prototype, "polluted") ||
      typeof Object.prototype.hasOwnProperty !== "function"
    ) {
      throw new Error("the worker was polluted");
    }
  },
};
