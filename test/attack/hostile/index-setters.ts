import type { Technique } from "../technique.ts";

/** Puts setters on the indexes of every array to see what the product stores. */
export const technique: Technique = {
  kind: "species and setters",
  code: `async (ctx) => {
  const caught = [];
  for (let i = 0; i < 10; i++) Object.defineProperty(Array.prototype, i, { set(value) { caught.push(typeof value); }, get() { return undefined; }, configurable: true });
  Object.defineProperty(Object.prototype, "0", { set(value) { caught.push(typeof value); }, configurable: true });
  const signature = await ctx.hmac("KEY", "x");
  ctx.log.info("line", { list: [1, 2, 3] });
  for (let i = 0; i < 10; i++) delete Array.prototype[i];
  delete Object.prototype[0];
  return [signature.length, caught.filter((kind) => kind === "function")];
}`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: [64, []],
};
