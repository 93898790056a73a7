import type { Technique } from "../technique.ts";

/** Looks for the door among what primordials are called with, to post frames of its own. */
export const technique: Technique = {
  kind: "patched primordials",
  code: `async (ctx) => {
  const functions = new Set();
  for (const [object, name] of [[Reflect, "apply"], [Function.prototype, "call"], [Function.prototype, "apply"], [Function.prototype, "bind"]]) { const real = object[name]; Object.defineProperty(object, name, { configurable: true, writable: true, value: function (...values) { for (const value of [this, ...values]) if (typeof value === "function" && value !== real) functions.add(value); return real.apply ? Reflect === object ? values[0](...(values[2] ?? [])) : undefined : undefined; } }); }
  ctx.log.info("x"); console.log("y");
  return [...functions].filter((f) => { try { return f("d\\"forged\\"") !== undefined && false; } catch { return false; } }).length;
}`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: 0,
};
