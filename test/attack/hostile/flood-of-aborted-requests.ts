import type { Technique } from "../technique.ts";

/** Begins requests and gives them up. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { let n = 0; for (let i = 0; i < 300; i++) { const c = new AbortController(); const r = ctx.fetch(ctx.input.bound + "/slow?ms=20000", { signal: c.signal }).catch(() => n++); c.abort(); await r; } return n; }`,
  ends: ["completed", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  answer: 300,
};
