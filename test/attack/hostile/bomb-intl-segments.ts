import type { Technique } from "../technique.ts";

/** Segments a text of megabytes word by word. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (;;) for (const s of new Intl.Segmenter('th', { granularity: 'word' }).segment('\\u0e20\\u0e32\\u0e29\\u0e32'.repeat(1e5))) kept.push(s); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
