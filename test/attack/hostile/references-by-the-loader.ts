import type { Technique } from "../technique.ts";

/** Looks for the names by which the product starts a bundle, and calls them again. */
export const technique: Technique = {
  kind: "leaked references",
  code: `() => { const found = []; for (const name of ["__tenonLoad", "__tenonPrelude", "__tenonBoot", "post", "deliver"]) if (name in globalThis) found.push(name); return found; }`,
  ends: ["completed"],
  answer: [],
};
