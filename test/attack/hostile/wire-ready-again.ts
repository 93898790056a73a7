import type { Technique } from "../technique.ts";

/** Reports itself as locked down again, in the middle of a run. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, done }) => { send({ type: "ready", lockdown: { permission: true, noNewPrivileges: true, seccomp: true, landlock: true, problems: [] } }); done(1); }`,
  ends: ["completed"],
  answer: 1,
  escaped: true,
};
