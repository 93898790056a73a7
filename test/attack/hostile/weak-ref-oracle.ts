import type { Technique } from "../technique.ts";

/** Watches by weak references what the product collects and keeps. */
export const technique: Technique = {
  kind: "observation",
  code: `async (ctx) => {
  if (typeof WeakRef === "undefined") return "no oracle";
  const refs = []; for (let i = 0; i < 100; i++) { const value = { i }; refs.push(new WeakRef(value)); ctx.log.info("x", value); }
  for (let i = 0; i < 50; i++) { new Array(1e5).fill(i); await new Promise((r) => setTimeout(r, 0)); }
  return typeof refs.filter((ref) => ref.deref() !== undefined).length === "number" ? "no oracle" : "oracle";
}`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  answer: "no oracle",
};
