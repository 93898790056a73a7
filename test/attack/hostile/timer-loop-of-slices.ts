import type { Technique } from "../technique.ts";

/** Uses less than a slice at a time, for ever. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { for (;;) { const end = Date.now() + 100; while (Date.now() < end); await new Promise((r) => setTimeout(r, 1)); } }`,
  ends: ["TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  limits: { cpuTotalMs: 600 },
};
