import type { Technique } from "../technique.ts";

/** Claims that isolates of its neighbours are stuck, to have its process replaced for ever. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ send, run, done }) => { for (let i = 1; i <= run; i++) send({ type: "stuck", run: i }); done(1); }`,
  ends: ["completed"],
  answer: 1,
  escaped: true,
  kills: true,
};
