import type { Technique } from "../technique.ts";

/** Sends JSON nested as deep as a frame allows. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ raw, pause }) => { const n = 1000000; const b = Buffer.alloc(4 + 2 * n, "["); b.writeUInt32BE(2 * n); b.fill("]", 4 + n); raw(b); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
