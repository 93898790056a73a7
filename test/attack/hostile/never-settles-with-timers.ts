import type { Technique } from "../technique.ts";

/** Keeps itself busy and never settles. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => { setInterval(() => {}, 1); return new Promise(() => {}); }`,
  ends: ["TENON_TIMEOUT", "TENON_CPU_LIMIT"],
  limits: { wallMs: 800 },
};
