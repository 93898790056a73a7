import type { Technique } from "../technique.ts";

/** Follows every constructor to Function, and asks what it makes for the process. */
export const technique: Technique = {
  kind: "constructor chains",
  code: `async (ctx) => {
  const seen = new Set();
  const found = [];
  const roots = [ctx, ctx.log, ctx.input, ctx.fetch, ctx.signal, ctx.secrets, ctx.variables, ctx.connections, ctx.run, globalThis, console, setTimeout, fetch, new URL("https://a.test/"), new Headers(), crypto];
  const visit = (value, depth) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || depth > 4) return;
    seen.add(value);
    let made;
    try { made = value.constructor?.constructor?.("return [typeof process, typeof require, typeof module, typeof ivm].join()")(); } catch {}
    if (typeof made === "string" && made !== "undefined,undefined,undefined,undefined") found.push(made);
    for (const key of Reflect.ownKeys(value)) { let next; try { next = value[key]; } catch { continue; } visit(next, depth + 1); }
    visit(Object.getPrototypeOf(value), depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return found;
}`,
  ends: ["completed"],
  answer: [],
};
