import type { Technique } from "../technique.ts";

/** Makes requests when it has returned. */
export const technique: Technique = {
  kind: "late calls",
  code: `async (ctx) => { setTimeout(() => ctx.fetch(ctx.input.bound + "/late"), 1); new Promise((r) => setTimeout(r, 5)).then(() => ctx.fetch(ctx.input.bound + "/late")); return "done"; }`,
  ends: ["completed"],
  answer: "done",
  holds: ({ requests }) => {
    if (requests.length > 0) {
      throw new Error("a request was made after the end");
    }
  },
};
