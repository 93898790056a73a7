import type { Technique } from "../technique.ts";

/** Replaces every method of arrays, strings and maps with one that throws. */
export const technique: Technique = {
  kind: "polluted prototypes",
  code: `async (ctx) => {
  for (const type of [Array, String, Map, Set, WeakMap, RegExp, Number]) for (const name of Object.getOwnPropertyNames(type.prototype)) if (name !== "constructor") try { Object.defineProperty(type.prototype, name, { value: () => { throw new Error(name); }, configurable: true, writable: true }); } catch {}
  ctx.log.info("still", { a: [1, "two"] });
  return { a: [1, "two", { b: null }] };
}`,
  ends: ["completed"],
  answer: { a: [1, "two", { b: null }] },
};
