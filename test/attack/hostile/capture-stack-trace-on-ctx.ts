import type { Technique } from "../technique.ts";

/** Writes stacks onto the product's own objects, and reads them for places on the machine. */
export const technique: Technique = {
  kind: "stack frames",
  code: `async (ctx) => {
  const stacks = [];
  for (const target of [ctx, ctx.log, ctx.run, console, globalThis, ctx.fetch]) try { Error.captureStackTrace(target); stacks.push(String(target.stack)); } catch (error) { stacks.push(error.stack); }
  try { await ctx.fetch("x"); } catch (error) { stacks.push(error.stack); }
  return stacks.filter((stack) => /file:|node:|\\.ts\\b|\\/work|\\/home|node_modules|boundary/.test(stack));
}`,
  ends: ["completed"],
  answer: [],
};
