import type { Technique } from "../technique.ts";

/** Waits for nothing. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => new Promise(() => {})`,
  ends: ["TENON_TIMEOUT"],
  limits: { wallMs: 800 },
};
