import type { Technique } from "../technique.ts";

/** Gives a new cause each time that it is asked for one. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => { const make = () => { const error = new Error("x"); Object.defineProperty(error, "cause", { get: make }); return error; }; throw make(); }`,
  ends: ["TENON_USER_ERROR"],
};
