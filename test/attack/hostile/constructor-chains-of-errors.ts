import type { Technique } from "../technique.ts";

/** Takes Function from the errors of every door, and looks for the process with it. */
export const technique: Technique = {
  kind: "constructor chains",
  code: `async (ctx) => {
  const errors = [];
  const attempts = [
    () => ctx.secrets.NOPE, () => ctx.variables.NOPE, () => ctx.connections.NOPE, () => ctx.fetch("nonsense"), () => ctx.fetch("https://not-declared.example/"),
    () => ctx.reveal("KEY"), () => ctx.hmac("NOPE", "x"), () => ctx.fetch(ctx.input.hidden), () => new URL("nonsense"), () => structuredClone(() => 1),
    () => setTimeout("x"), () => atob("*"), () => new Response("x", { status: 1 }), () => crypto.getRandomValues(1),
  ];
  for (const attempt of attempts) try { await attempt(); } catch (error) { errors.push(error); }
  const worlds = errors.map((error) => error.constructor.constructor("return typeof process + typeof require")());
  return [errors.length, [...new Set(worlds)]];
}`,
  ends: ["completed"],
  answer: [14, ["undefinedundefined"]],
};
