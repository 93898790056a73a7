import type { Technique } from "../technique.ts";

/** Logs at the very end of the stack. */
export const technique: Technique = {
  kind: "stack exhaustion",
  code: `(ctx) => { let left = 200; const dive = () => { try { dive(); } catch (error) { if (left-- > 0) ctx.log.info("deep", { error: String(error) }); } }; dive(); return "done"; }`,
  ends: ["completed"],
  answer: "done",
};
