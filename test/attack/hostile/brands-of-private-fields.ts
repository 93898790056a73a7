import type { Technique } from "../technique.ts";

/** Looks into the platform's classes for what they keep, by symbols and private names. */
export const technique: Technique = {
  kind: "brand confusion",
  code: `(ctx) => { const leaked = []; for (const object of [ctx.signal, new Headers({ a: "1" }), new Request("https://a.test/"), new Response("x"), new URL("https://a.test/"), new AbortController()]) for (const key of Reflect.ownKeys(object)) { const value = object[key]; if (typeof value === "function" && /callHost|post\\(/.test(String(value))) leaked.push(String(key)); } return leaked; }`,
  ends: ["completed"],
  answer: [],
};
