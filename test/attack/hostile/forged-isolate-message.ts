import type { Technique } from "../technique.ts";

/** Leaves a rejection that reads like isolated-vm's word about a limit. */
export const technique: Technique = {
  kind: "promises",
  code: `async () => { Promise.reject(new Error("Script execution timed out.")); Promise.reject(new Error("Isolate was disposed during execution due to memory limit")); await new Promise((r) => setTimeout(r, 50)); return "went on"; }`,
  ends: ["completed"],
  answer: "went on",
};
