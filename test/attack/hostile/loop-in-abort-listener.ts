import type { Technique } from "../technique.ts";

/** Loops when it is told that its time is nearly up. */
export const technique: Technique = {
  kind: "endless loops",
  code: `(ctx) => new Promise(() => ctx.signal.addEventListener("abort", () => { for (;;); }))`,
  ends: ["TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  limits: { wallMs: 1_500 },
};
