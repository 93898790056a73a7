import type { Technique } from "../technique.ts";

/** Claims ends that the worker did not ask for. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, run }) => { send({ type: "ended", run, end: "stopped", texts: [], detail: "", cpuMs: 0 }); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
