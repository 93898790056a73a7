import type { Technique } from "../technique.ts";

/** Posts correct log lines without pause, far beyond what it may log. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ post, channel }) => { const line = "l" + JSON.stringify({ level: "info", message: "x", data: null }); const many = Array.from({ length: 5000 }, () => line); for (;;) { post(...many); if (channel.writableLength > 1e6) await new Promise((r) => channel.once("drain", r)); } }`,
  ends: ["TENON_CALL_LIMIT"],
  escaped: true,
  kills: true,
};
