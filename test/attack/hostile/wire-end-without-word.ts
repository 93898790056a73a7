import type { Technique } from "../technique.ts";

/** Ends as settled without a word. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, run, pause }) => { send({ type: "ended", run, end: "settled", texts: [], detail: "", cpuMs: 1 }); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
