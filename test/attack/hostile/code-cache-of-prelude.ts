import type { Technique } from "../technique.ts";

/** Calls what the prelude compiles lazily in an order that no rehearsal had. */
export const technique: Technique = {
  kind: "code caches",
  code: `async (ctx) => {
  const names = Object.getOwnPropertyNames(globalThis).reverse(); let touched = 0;
  for (const name of names) try { void globalThis[name]; touched += 1; } catch {}
  return touched === names.length && (await ctx.hmac("KEY", "x")).length;
}`,
  ends: ["completed"],
  answer: 64,
};
