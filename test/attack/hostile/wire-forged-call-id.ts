import type { Technique } from "../technique.ts";

/** Repeats the id of a call. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause }) => { post('c1 hmac {"name":"KEY","data":"","algorithm":"sha256","encoding":"hex","keyEncoding":"utf8"}'); post('c1 hmac {"name":"KEY","data":"","algorithm":"sha256","encoding":"hex","keyEncoding":"utf8"}'); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
