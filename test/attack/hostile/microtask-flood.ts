import type { Technique } from "../technique.ts";

/** Doubles its microtasks. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => { const more = () => { queueMicrotask(more); queueMicrotask(more); }; more(); return new Promise(() => {}); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_SANDBOX_CRASHED"],
  kills: true,
};
