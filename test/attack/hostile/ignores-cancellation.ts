import type { Technique } from "../technique.ts";

/** Goes on when it is cancelled. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async (ctx) => { ctx.signal.addEventListener("abort", (event) => event.stopImmediatePropagation()); console.log("started"); for (;;) await new Promise((r) => setTimeout(r, 5)); }`,
  ends: ["cancelled"],
  cancelled: true,
};
