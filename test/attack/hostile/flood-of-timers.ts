import type { Technique } from "../technique.ts";

/** Sets timers as fast as they fire. */
export const technique: Technique = {
  kind: "floods",
  code: `() => { const more = () => { setTimeout(more, 0); setTimeout(more, 0); setImmediate(() => {}); }; more(); return new Promise(() => {}); }`,
  ends: ["TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  limits: { wallMs: 2_000 },
  kills: true,
};
