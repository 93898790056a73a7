import type { Technique } from "../technique.ts";

/** Asks each callback of the product who called it. */
export const technique: Technique = {
  kind: "callers",
  code: `async (ctx) => {
  const found = [];
  const spy = Function("found", "return function () { try { const f = arguments.callee.caller; if (f) found.push(String(f).slice(0, 80)); } catch (e) { } }")(found);
  await new Promise((resolve) => { setTimeout(Function("spy", "resolve", "return function () { spy(); resolve(); }")(spy, resolve), 1); });
  ctx.signal.addEventListener("abort", spy);
  queueMicrotask(spy); await null; await null;
  new Proxy({}, { get: spy }).x;
  return found.filter((text) => !text.includes("spy()") && !text.includes("async (ctx)"));
}`,
  ends: ["completed"],
  answer: [],
};
