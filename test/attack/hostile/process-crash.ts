import type { Technique } from "../technique.ts";

/** Crashes its process. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async () => { process.abort(); }`,
  ends: ["TENON_SANDBOX_CRASHED"],
  escaped: true,
  kills: true,
};
