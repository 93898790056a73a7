import type { Technique } from "../technique.ts";

/** Answers every conversion to a primitive with a loop or another type. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `async (ctx) => {
  const odd = { [Symbol.toPrimitive]: (hint) => (hint === "string" ? Symbol("no") : 10n) };
  const names = [];
  for (const attempt of [() => ctx.fetch(odd), () => ctx.hmac(odd, "x"), () => ctx.hmac("KEY", "x", { algorithm: odd }), () => ctx.reveal(odd), () => ctx.log.info(odd, odd), () => console.log(odd), () => setTimeout(() => {}, odd), () => new URL(odd), () => atob(odd)]) try { await attempt(); names.push("fine"); } catch (error) { names.push(error instanceof Error); }
  return names.every((name) => name === "fine" || name === true);
}`,
  ends: ["completed"],
  answer: true,
};
