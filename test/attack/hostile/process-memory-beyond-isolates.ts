import type { Technique } from "../technique.ts";

/** Takes memory that no isolate counts. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async ({ pause }) => { const kept = []; for (;;) { kept.push(Buffer.alloc(16e6, 1)); await pause(2); } }`,
  ends: ["TENON_MEMORY_LIMIT"],
  limits: { wallMs: 30_000 },
  escaped: true,
  kills: true,
};
