import type { Technique } from "../technique.ts";

/** Writes to its error output without pause: that is no frame, and nobody counts it as one. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async () => { const bytes = Buffer.alloc(65536, "flood "); for (;;) await new Promise((resolve) => process.stderr.write(bytes, resolve)); }`,
  ends: ["TENON_CALL_LIMIT"],
  escaped: true,
  kills: true,
};
