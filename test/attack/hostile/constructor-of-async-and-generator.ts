import type { Technique } from "../technique.ts";

/** Reaches for the hidden constructors of async functions and generators. */
export const technique: Technique = {
  kind: "constructor chains",
  code: `async () => {
  const makers = [async () => {}, function* () {}, async function* () {}].map((f) => f.constructor);
  const body = "return typeof process + typeof globalThis.ivm + typeof this.require";
  const first = await makers[0](body)();
  const second = makers[1](body)().next().value;
  const third = (await makers[2](body)().next()).value;
  return [first, second, third];
}`,
  ends: ["completed"],
  answer: ["undefinedundefinedundefined", "undefinedundefinedundefined", "undefinedundefinedundefined"],
};
