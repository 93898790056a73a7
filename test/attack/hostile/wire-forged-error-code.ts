import type { Technique } from "../technique.ts";

/** Ends with an error whose code is one of the worker's own. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, run }) => { send({ type: "ended", run, end: "settled", texts: ['f{"code":"TENON_CANCELLED","name":"E","message":"m","stack":"    at x (/etc/passwd:1:1)\\\\n    at y (tenon:workflow:1:1)","cause":null}'], detail: "", cpuMs: 1 }); }`,
  ends: ["TENON_CANCELLED"],
  escaped: true,
  holds: ({ outcome }) => {
    if (outcome.status !== "failed" || outcome.error.stack?.includes("passwd") === true) {
      throw new Error("a frame outside of the workflow was believed");
    }
  },
};
