import type { Technique } from "../technique.ts";

/** Rejects without end. */
export const technique: Technique = {
  kind: "rejections",
  code: `async () => { for (;;) { for (let i = 0; i < 1000; i++) Promise.reject(new Error('x'.repeat(1000))); await new Promise((r) => setTimeout(r, 1)); } }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  limits: { wallMs: 1_500 },
};
