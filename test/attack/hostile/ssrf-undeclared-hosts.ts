import type { Technique } from "../technique.ts";

/** Writes URLs whose host two parsers might read differently. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const bound = new URL(ctx.input.bound); const hidden = new URL(ctx.input.hidden).host; const reached = [];
  for (const url of ["http://" + bound.host + "@" + hidden + "/", "http://" + hidden + "#@" + bound.host + "/", "http://" + hidden + "\\\\@" + bound.host + "/", "http://" + hidden + "?@" + bound.host, "http://" + bound.host + ":80@" + hidden + "/", "http://" + hidden + "%2f@" + bound.host + "/..", "http:/\\\\" + hidden + "/", "http:" + hidden + "/", "\\thttp://" + hidden + "/", "http://" + hidden + "\\t/"]) try { const r = await ctx.fetch(url); const text = await r.text(); reached.push(r.status); } catch {}
  return reached.filter((status) => status !== 200);
}`,
  ends: ["completed"],
  answer: [],
};
