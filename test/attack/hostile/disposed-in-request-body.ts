import type { Technique } from "../technique.ts";

/** Ends while it is the source of a request's body. */
export const technique: Technique = {
  kind: "dispose during calls",
  code: `async (ctx) => { const body = new ReadableStream({ pull() { return new Promise(() => {}); } }); ctx.fetch(ctx.input.bound + "/x", { method: "POST", body, duplex: "half" }).catch(() => {}); await new Promise((r) => setTimeout(r, 50)); return "left"; }`,
  ends: ["completed", "TENON_USER_ERROR"],
  answer: "left",
};
