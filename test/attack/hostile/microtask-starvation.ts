import type { Technique } from "../technique.ts";

/** Never leaves the microtask queue. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { for (;;) await null; }`,
  ends: ["TENON_CPU_LIMIT"],
};
