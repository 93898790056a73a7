import type { Technique } from "../technique.ts";

/** Answers a cancellation with a loop. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async (ctx) => { ctx.signal.addEventListener("abort", () => { for (;;); }); console.log("started"); await new Promise(() => {}); }`,
  ends: ["cancelled"],
  cancelled: true,
};
