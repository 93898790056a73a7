import type { Technique } from "../technique.ts";

/** Throws from every then, so that nothing of the product may depend on one. */
export const technique: Technique = {
  kind: "promises",
  code: `async (ctx) => { Promise.prototype.then = () => { throw new Error("then"); }; Promise.prototype.catch = Promise.prototype.finally = Promise.prototype.then; await null; return "ended"; }`,
  ends: ["completed"],
  answer: "ended",
};
