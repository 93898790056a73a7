import type { Technique } from "../technique.ts";

/** Lies about what it is by Symbol.toStringTag. */
export const technique: Technique = {
  kind: "toJSON and hooks",
  code: `(ctx) => {
  const lies = ["Date", "Map", "Set", "Error", "Promise", "Proxy", "Array"].map((tag) => ({ [Symbol.toStringTag]: tag }));
  for (const lie of lies) { ctx.log.info("x", lie); console.log(lie, [lie], { lie }); }
  return lies;
}`,
  ends: ["completed"],
  answer: [{}, {}, {}, {}, {}, {}, {}],
};
