import type { Technique } from "../technique.ts";

/** Posts texts of no known kind. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, pause }) => { post('zzz'); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
