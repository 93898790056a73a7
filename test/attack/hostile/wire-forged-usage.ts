import type { Technique } from "../technique.ts";

/** Claims to have used less CPU time than nothing. */
export const technique: Technique = {
  kind: "escaped: the wire",
  code: `async ({ raw, run, pause }) => { const json = JSON.stringify({ type: "ended", run, end: "settled", texts: ["d1"], detail: "", cpuMs: -1e308 }); const frame = Buffer.alloc(4 + json.length); frame.writeUInt32BE(json.length); frame.write(json, 4); raw(frame); await pause(60000); }`,
  ends: ["TENON_PROTOCOL"],
  escaped: true,
  kills: true,
};
