import type { Technique } from "../technique.ts";

/** Sends the largest frames without pause, until its time is over. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, channel }) => { const text = "q" + "1".repeat(8e6); for (;;) { post(text); await new Promise((r) => (channel.writableLength > 1e6 ? channel.once("drain", r) : setImmediate(r))); } }`,
  ends: ["TENON_TIMEOUT", "TENON_CALL_LIMIT"],
  limits: { wallMs: 2_000 },
  escaped: true,
  kills: true,
};
