import type { Technique } from "../technique.ts";

/** Asks for calls that do not exist, by names that objects have of themselves. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause }) => { post('c1 constructor {}'); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
