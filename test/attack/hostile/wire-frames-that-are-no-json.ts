import type { Technique } from "../technique.ts";

/** Sends bytes that are no JSON, no text and no frame. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ raw, pause }) => { const b = Buffer.alloc(104, 0xfe); b.writeUInt32BE(100); raw(b); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
