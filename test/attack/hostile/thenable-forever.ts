import type { Technique } from "../technique.ts";

/** Resolves with a thenable that resolves with a new one, for ever. */
export const technique: Technique = {
  kind: "promises",
  code: `() => { const again = () => ({ then(resolve) { resolve(again()); } }); return again(); }`,
  ends: ["TENON_CPU_LIMIT"],
};
