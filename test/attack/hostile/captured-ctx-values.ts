import type { Technique } from "../technique.ts";

/** Patches what could see the product's values on their way, and keeps what it sees. */
export const technique: Technique = {
  kind: "patched primordials",
  code: `async (ctx) => {
  const seen = []; const keep = (value) => { if (typeof value === "string" && value.length < 5000) seen.push(value); };
  const wrap = (object, name) => { const real = object[name]; if (typeof real !== "function") return; object[name] = function (...values) { values.forEach(keep); keep(this); const out = Reflect.apply(real, this, values); keep(out); return out; }; };
  for (const name of ["stringify", "parse"]) wrap(JSON, name);
  for (const name of ["slice", "split", "replace", "indexOf", "startsWith", "charCodeAt", "concat"]) wrap(String.prototype, name);
  for (const name of ["push", "join", "map", "forEach", "shift"]) wrap(Array.prototype, name);
  for (const name of ["set", "get"]) wrap(Map.prototype, name);
  await ctx.hmac("KEY", "x"); await ctx.fetch(ctx.input.bound + "/x", { headers: { "x-key": ctx.secrets.KEY } }); ctx.log.info("x", { a: 1 });
  return seen.filter((text) => /^key-|seed|lease|\\/work\\/|organization/i.test(text));
}`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: [],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
