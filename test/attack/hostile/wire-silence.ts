import type { Technique } from "../technique.ts";

/** Says nothing any more, and answers no ping. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async () => { for (;;); }`,
  ends: ["TENON_TIMEOUT"],
  limits: { wallMs: 1_000 },
  escaped: true,
  kills: true,
};
