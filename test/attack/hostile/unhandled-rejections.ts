import type { Technique } from "../technique.ts";

/** Leaves rejections that nobody handles; the next run must not meet them. */
export const technique: Technique = {
  kind: "rejections",
  code: `async () => { for (let i = 0; i < 100; i++) Promise.reject(new Error("left " + i)); return "done"; }`,
  ends: ["completed"],
  answer: "done",
};
