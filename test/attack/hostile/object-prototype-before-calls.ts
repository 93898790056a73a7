import type { Technique } from "../technique.ts";

/** Adds to Object.prototype what options and replies would be read from. */
export const technique: Technique = {
  kind: "polluted prototypes",
  code: `async (ctx) => {
  Object.assign(Object.prototype, { method: "DELETE", body: "polluted", redirect: "error", headers: { evil: "1" }, signal: 7, reveal: true, status: 500, done: false, chunk: "AAAA", get2: 1 });
  const response = await ctx.fetch(ctx.input.bound + "/x");
  const line = response.status;
  for (const key of Object.keys(Object.prototype)) delete Object.prototype[key];
  return line;
}`,
  ends: ["completed", "TENON_USER_ERROR", "TENON_INVALID"],
};
