import type { Technique } from "../technique.ts";

/** Announces a frame of four gigabytes. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ raw, pause }) => { raw(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3])); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
