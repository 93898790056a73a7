import type { Technique } from "../technique.ts";

/** Throws an error whose name never ends. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => { const error = new Error("x"); Object.defineProperty(error, "name", { get() { for (;;); } }); throw error; }`,
  ends: ["TENON_CPU_LIMIT"],
};
