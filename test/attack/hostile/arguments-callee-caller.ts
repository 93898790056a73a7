import type { Technique } from "../technique.ts";

/** Walks up the callers of a sloppy function to the product's code. */
export const technique: Technique = {
  kind: "callers",
  code: `(ctx) => {
  const found = [];
  const sloppy = Function("found", "let f = arguments.callee, i = 0; while (f && i++ < 20) { f = f.caller; if (f) found.push(String(f).slice(0, 40)); } try { found.push(String(arguments.callee.caller.arguments[0])); } catch {}");
  const object = { get x() { sloppy(found); return 1; }, toJSON() { sloppy(found); return 1; } };
  ctx.log.info("x", object);
  return found.filter((text) => !text.includes("found") && text !== "null");
}`,
  ends: ["completed"],
  answer: [],
};
