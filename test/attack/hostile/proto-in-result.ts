import type { Technique } from "../technique.ts";

/** Returns own properties named __proto__ and constructor, to pollute whoever merges it. */
export const technique: Technique = {
  kind: "own __proto__",
  code: `() => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"a":{"__proto__":{"polluted":3}}}')`,
  ends: ["completed", "TENON_RESULT_INVALID"],
  holds: ({ outcome }) => {
    if (
      Object.hasOwn(Object.prototype, "polluted") ||
      (outcome.status === "completed" && !outcome.result.includes("__proto__"))
    ) {
      throw new Error("the worker was polluted, or lost a property");
    }
  },
};
