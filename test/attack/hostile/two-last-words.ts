import type { Technique } from "../technique.ts";

/** Fails in a timer and returns in the same turn. */
export const technique: Technique = {
  kind: "late calls",
  code: `async () => { await new Promise((resolve) => { setTimeout(() => { resolve(); throw new Error("thrown beside a return"); }, 1); }); return "returned"; }`,
  ends: ["TENON_USER_ERROR", "completed"],
};
