import type { Technique } from "../technique.ts";

/** Registers finalizers that call the host when it is gone. */
export const technique: Technique = {
  kind: "late calls",
  code: `async (ctx) => { if (typeof FinalizationRegistry === "undefined") return "done"; const registry = new FinalizationRegistry(() => ctx.fetch(ctx.input.bound + "/late")); for (let i = 0; i < 1000; i++) registry.register({ i, list: new Array(1000) }, i); globalThis.registry = registry; return "done"; }`,
  ends: ["completed"],
  answer: "done",
};
