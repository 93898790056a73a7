import type { Technique } from "../technique.ts";

/** Speaks for runs that were never started. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, pause }) => { send({ type: "ended", run: 4000000, end: "settled", texts: ["d1"], detail: "", cpuMs: 1 }); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
