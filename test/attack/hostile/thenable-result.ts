import type { Technique } from "../technique.ts";

/** Returns a thenable that never ends, settles twice, and gives another thenable. */
export const technique: Technique = {
  kind: "promises",
  code: `() => ({ then(resolve) { resolve({ then(again) { again("first"); again("second"); throw new Error("third"); } }); resolve("late"); } })`,
  ends: ["completed"],
  answer: "first",
};
