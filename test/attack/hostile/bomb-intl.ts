import type { Technique } from "../technique.ts";

/** Makes formatters of every kind: each holds native memory that the heap does not show. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const kept = []; for (let i = 0; ; i++) kept.push(new Intl.DateTimeFormat("de-u-ca-chinese", { dateStyle: "full", timeZone: "Asia/Tokyo" }), new Intl.NumberFormat("hi", { style: "currency", currency: "INR" }), new Intl.Collator("sv"), new Intl.Segmenter("th"), new Intl.PluralRules("ar")); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_SANDBOX_CRASHED", "TENON_USER_ERROR"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
