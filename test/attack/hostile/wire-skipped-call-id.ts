import type { Technique } from "../technique.ts";

/** Skips ids, to have two calls under one or a number that overflows. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause }) => { post('c999999999999999 reveal {"name":"KEY"}'); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
