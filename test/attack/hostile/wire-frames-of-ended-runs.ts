import type { Technique } from "../technique.ts";

/** Goes on speaking for a run that has ended. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ done, post, send, run, pause, payload }) => { done("over"); for (let i = 0; i < 50; i++) { post("l" + JSON.stringify({ level: "info", message: "late", data: null }), 'c1 fetch ' + JSON.stringify({ token: 1, request: { url: JSON.parse(payload.input).bound + "/late", method: "GET", redirect: "follow", headers: [], body: null } })); send({ type: "ended", run, end: "settled", texts: ['d"again"'], detail: "", cpuMs: 1 }); await pause(2); } }`,
  ends: ["completed"],
  answer: "over",
  escaped: true,
  holds: ({ lines, requests }) => {
    if (lines.length > 0 || requests.length > 0) {
      throw new Error("a run that had ended was heard");
    }
  },
};
