import type { Technique } from "../technique.ts";

/** Tries to catch its own termination, and everything that follows. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { for (;;) { try { await (async () => { try { for (;;); } catch { for (;;); } })(); } catch { for (;;); } } }`,
  ends: ["TENON_CPU_LIMIT"],
};
