import type { Technique } from "../technique.ts";

/** Looks for a clock fine enough to see the machine's caches. */
export const technique: Technique = {
  kind: "observation",
  code: `() => { const steps = []; let last = performance.now(); for (let i = 0; i < 1e6 && steps.length < 50; i++) { const now = performance.now(); if (now !== last) { steps.push(now - last); last = now; } } return [typeof SharedArrayBuffer, Math.min(...steps, 1) >= 0.005]; }`,
  ends: ["completed", "TENON_CPU_LIMIT"],
  answer: ["undefined", true],
};
