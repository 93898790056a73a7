import type { Technique } from "../technique.ts";

/** Announces a frame, sends half of it and is silent. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ raw, pause }) => { const b = Buffer.alloc(4 + 1000); b.writeUInt32BE(40 * 1024 * 1024); raw(b); await pause(60000); }`,
  ends: ["TENON_TIMEOUT"],
  limits: { wallMs: 1_000 },
  escaped: true,
  kills: true,
};
