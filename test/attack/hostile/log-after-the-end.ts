import type { Technique } from "../technique.ts";

/** Logs after it has returned. */
export const technique: Technique = {
  kind: "late calls",
  code: `async (ctx) => { setTimeout(() => ctx.log.info("late"), 1); setImmediate(() => console.log("late")); setInterval(() => ctx.log.info("late"), 1); return "done"; }`,
  ends: ["completed"],
  answer: "done",
  holds: ({ lines }) => {
    if (lines.some(({ message }) => message === "late")) {
      throw new Error("something was logged after the end");
    }
  },
};
