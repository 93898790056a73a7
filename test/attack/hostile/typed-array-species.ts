import type { Technique } from "../technique.ts";

/** Has the product's byte arrays made by its own constructor. */
export const technique: Technique = {
  kind: "species and setters",
  code: `async (ctx) => {
  const taken = [];
  Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get: () => class extends Uint8Array { constructor(...values) { super(...values); taken.push(1); } } });
  Uint8Array.prototype.set = () => { throw new Error("set"); };
  return (await ctx.hmac("KEY", "x")).length;
}`,
  ends: ["completed", "TENON_USER_ERROR"],
};
