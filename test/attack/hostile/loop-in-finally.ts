import type { Technique } from "../technique.ts";

/** Goes on in finally whenever it is ended. */
export const technique: Technique = {
  kind: "endless loops",
  code: `async () => { for (;;) { try { for (;;); } finally { continue; } } }`,
  ends: ["TENON_CPU_LIMIT"],
};
