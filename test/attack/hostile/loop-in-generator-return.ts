import type { Technique } from "../technique.ts";

/** Loops in the return of an iterator that is closed. */
export const technique: Technique = {
  kind: "endless loops",
  code: `() => { const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }), return() { for (;;); } }) }; for (const x of it) return x; }`,
  ends: ["TENON_CPU_LIMIT"],
};
