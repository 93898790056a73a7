import type { Technique } from "../technique.ts";

/** Rejects in the very turn in which it ends, and later. */
export const technique: Technique = {
  kind: "rejections",
  code: `async () => { setTimeout(() => Promise.reject(new Error("late")), 0); (async () => { await null; await null; throw new Error("soon"); })(); return "done"; }`,
  ends: ["completed"],
  answer: "done",
};
