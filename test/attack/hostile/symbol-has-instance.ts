import type { Technique } from "../technique.ts";

/** Claims to be an instance of everything, and everything of it. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `async (ctx) => {
  Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });
  for (const type of [Request, Headers, URL, AbortSignal]) try { Object.defineProperty(type, Symbol.hasInstance, { value: () => true }); } catch {}
  try { return (await ctx.fetch({ url: ctx.input.hidden, method: "POST" })).status; } catch { return "refused"; }
}`,
  ends: ["completed"],
  answer: "refused",
};
