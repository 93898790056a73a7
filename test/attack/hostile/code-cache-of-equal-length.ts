import type { Technique } from "../technique.ts";

/** Runs a bundle as long as its neighbours' under another hash: V8 does not compare the source of a cache. */
export const technique: Technique = {
  kind: "code caches",
  code: `async (ctx) => { const marker = "marker-a"; return marker + String(ctx.run.workflow); }`,
  ends: ["completed"],
  answer: "marker-atest",
};
