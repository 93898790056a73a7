import type { Technique } from "../technique.ts";

/** Sends a call whose argument is no JSON. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause }) => { post('c1 fetch {"token":'); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
