import type { Technique } from "../technique.ts";

/** Has arrays that the product derives made by its own constructor. */
export const technique: Technique = {
  kind: "species and setters",
  code: `async (ctx) => {
  Object.defineProperty(Array, Symbol.species, { get: () => function () { return new Proxy([], { defineProperty() { throw new Error("species"); } }); } });
  const response = await ctx.fetch(ctx.input.bound + "/x", { method: "POST", body: "hi", headers: { a: "1", b: "2" } });
  return [await response.text(), { list: [1, [2]] }];
}`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: ["hi", { list: [1, [2]] }],
};
