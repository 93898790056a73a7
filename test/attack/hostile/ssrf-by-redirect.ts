import type { Technique } from "../technique.ts";

/** Has an allowed server redirect to a private one, by every status. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const reached = [];
  for (const status of [301, 302, 303, 307, 308]) for (const to of [ctx.input.hidden + "/", "http://169.254.169.254/", "file:///etc/passwd", "//127.0.0.2:1/"]) try { const r = await ctx.fetch(ctx.input.bound + "/redirect?status=" + status + "&to=" + encodeURIComponent(to), { method: "POST", body: "x" }); if (r.status < 300) reached.push(to); } catch {}
  return reached;
}`,
  ends: ["completed"],
  answer: [],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
