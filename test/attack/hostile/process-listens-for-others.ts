import type { Technique } from "../technique.ts";

/** Reads what the worker tells its process about others: only its own organization's runs, and no value of a secret. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async ({ heard, done, run }) => { const text = JSON.stringify(heard.filter((f) => f.run === run || f.type !== "start")); done([/key-[0-9a-f]{24}|shown-[0-9a-f]{24}/.test(text), [...new Set(heard.map((f) => f.type))].sort().filter((type) => !["boot", "ping", "start", "deliver", "stop"].includes(type))]); }`,
  ends: ["completed"],
  answer: [false, []],
  escaped: true,
};
