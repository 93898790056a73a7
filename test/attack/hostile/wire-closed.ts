import type { Technique } from "../technique.ts";

/** Closes its only channel. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ channel, pause }) => { channel.destroy(); await pause(60000); }`,
  ends: ["TENON_SANDBOX_CRASHED", "TENON_PROTOCOL", "TENON_TIMEOUT"],
  limits: { wallMs: 1_000 },
  escaped: true,
  kills: true,
};
