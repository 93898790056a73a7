import type { Technique } from "../technique.ts";

/** Throws aggregate errors inside aggregate errors, without an end. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => { let error = new Error("inner"); for (let i = 0; i < 2000; i++) error = new AggregateError([error, error], "level", { cause: error }); throw error; }`,
  ends: ["TENON_USER_ERROR"],
};
