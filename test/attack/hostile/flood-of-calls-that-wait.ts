import type { Technique } from "../technique.ts";

/** Calls without pause, as fast as it is answered. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { for (;;) await Promise.all(Array.from({ length: 100 }, () => ctx.hmac("KEY", "x"))); }`,
  ends: ["TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  limits: { wallMs: 2_000 },
};
