import type { Technique } from "../technique.ts";

/** Measures refusals of names that exist and names that do not. */
export const technique: Technique = {
  kind: "observation",
  code: `async (ctx) => {
  const outcomes = new Set();
  for (const name of ["KEY2", "OTHER_SECRET", "DATABASE_URL", "TENON_MASTER_KEY", "constructor", "__proto__", "toString"]) for (const attempt of [() => ctx.secrets[name], () => ctx.reveal(name), () => ctx.hmac(name, "x"), () => ctx.variables[name]])
    try { const value = await attempt(); outcomes.add(value === undefined || value === null ? "nothing" : typeof value); } catch (error) { outcomes.add(error.code); }
  return [...outcomes].filter((one) => one !== "TENON_UNDECLARED");
}`,
  ends: ["completed"],
  answer: [],
};
