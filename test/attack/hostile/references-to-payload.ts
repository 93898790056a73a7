import type { Technique } from "../technique.ts";

/** Searches strings and closures for the seed and the worker's payload. */
export const technique: Technique = {
  kind: "leaked references",
  code: `(ctx) => { const keys = Reflect.ownKeys(ctx).map(String); const text = JSON.stringify(ctx) ?? ""; return { odd: keys.filter((key) => /seed|payload|token|lease|organization/i.test(key)), text: /seed|lease|organizationId/.test(text) }; }`,
  ends: ["completed"],
  answer: { odd: [], text: false },
};
