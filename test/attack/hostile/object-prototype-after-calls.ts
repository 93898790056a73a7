import type { Technique } from "../technique.ts";

/** Pollutes while a call is under way, so that its reply meets it. */
export const technique: Technique = {
  kind: "polluted prototypes",
  code: `async (ctx) => {
  const pending = ctx.hmac("KEY", "x");
  Object.defineProperty(Object.prototype, "code", { get() { return "TENON_POLLUTED"; }, set() { throw new Error("set"); }, configurable: true });
  Object.defineProperty(Object.prototype, "get", { value: () => "descriptor", configurable: true, writable: true });
  const signature = await pending;
  let refused;
  try { await ctx.reveal("KEY"); } catch (error) { refused = error.name; }
  delete Object.prototype.code; delete Object.prototype.get;
  return [signature.length, typeof refused];
}`,
  ends: ["completed"],
  answer: [64, "string"],
};
