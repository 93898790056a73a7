import type { Technique } from "../technique.ts";

/** Sends correct frames without pause. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ channel, pause }) => { const one = Buffer.from('    {"type":"pong","nonce":1,"sliceMs":0}'); one.writeUInt32BE(one.length - 4); const many = Buffer.concat(Array.from({ length: 2000 }, () => one)); for (;;) { if (!channel.write(many)) await new Promise((r) => channel.once("drain", r)); } }`,
  ends: ["TENON_CALL_LIMIT"],
  escaped: true,
  kills: true,
};
