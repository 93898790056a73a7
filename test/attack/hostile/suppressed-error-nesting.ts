import type { Technique } from "../technique.ts";

/** Nests suppressed errors both ways, so that a walk doubles at each level. */
export const technique: Technique = {
  kind: "nested errors",
  code: `() => {
  const Suppressed = globalThis.SuppressedError ?? class extends Error { constructor(error, suppressed, message) { super(message); this.error = error; this.suppressed = suppressed; } };
  let error = new Error("inner");
  for (let i = 0; i < 5000; i++) { error = new Suppressed(error, error, "level"); error.cause = error.error; }
  throw error;
}`,
  ends: ["TENON_USER_ERROR"],
};
