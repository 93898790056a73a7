import type { Technique } from "../technique.ts";

/** Throws a revealed secret as name, message, stack and cause. */
export const technique: Technique = {
  kind: "exfiltration",
  code: `async (ctx) => { const shown = await ctx.reveal("SHOWN"); const error = new Error(shown, { cause: new Error(btoa(shown)) }); error.name = shown; error.stack = shown + "\\n    at " + shown + " (tenon:workflow:1:1)"; throw error; }`,
  ends: ["TENON_USER_ERROR"],
};
