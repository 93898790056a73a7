import type { Technique } from "../technique.ts";

/** Logs data with __proto__ in it. */
export const technique: Technique = {
  kind: "own __proto__",
  code: `(ctx) => { ctx.log.info("x", JSON.parse('{"__proto__":{"polluted":1},"list":[{"__proto__":null}]}')); ctx.log.info("y", Object.create({ inherited: 1 })); return {}.polluted ?? "clean"; }`,
  ends: ["completed"],
  answer: "clean",
  holds: () => {
    if (Object.hasOwn(Object.prototype, "polluted")) {
      throw new Error("the worker was polluted");
    }
  },
};
