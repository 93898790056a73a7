import type { Technique } from "../technique.ts";

/** Asks hmac to sign with parts and other forms of what it may not see. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => { const outcomes = new Set(); for (const options of [{ keyEncoding: "hex" }, { keyEncoding: "base64" }, { keyEncoding: "latin1" }, { encoding: "raw" }, { algorithm: "none" }, { algorithm: "md5" }, { algorithm: "__proto__" }]) try { outcomes.add(typeof await ctx.hmac("KEY", "x", options)); } catch (error) { outcomes.add(error.code ?? error.name); } return outcomes.has("object"); }`,
  ends: ["completed"],
  answer: false,
};
