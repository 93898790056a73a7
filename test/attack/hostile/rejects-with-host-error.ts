import type { Technique } from "../technique.ts";

/** Rejects with an error that the host made, changed to say something else. */
export const technique: Technique = {
  kind: "promises",
  code: `async (ctx) => { try { await ctx.reveal("KEY"); } catch (error) { error.code = "TENON_CANCELLED"; error.message = "x"; Object.defineProperty(error, "name", { value: "TimeoutError" }); throw error; } }`,
  ends: ["TENON_REVEAL_DENIED"],
};
