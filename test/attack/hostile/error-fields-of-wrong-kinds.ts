import type { Technique } from "../technique.ts";

/** Throws an error whose fields are everything but strings. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => { const error = new Error("x"); error.name = { toString() { for (;;); } }; error.message = 10n ** 100n; error.stack = Symbol("s"); error.cause = () => {}; throw error; }`,
  ends: ["TENON_USER_ERROR"],
};
