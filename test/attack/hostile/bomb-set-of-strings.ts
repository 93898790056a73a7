import type { Technique } from "../technique.ts";

/** Fills a set with strings of its own. */
export const technique: Technique = {
  kind: "memory bombs",
  code: `() => { const set = new Set(); for (let i = 0; ; i++) set.add('key' + i); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
