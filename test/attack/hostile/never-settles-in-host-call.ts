import type { Technique } from "../technique.ts";

/** Waits for a server that never answers. */
export const technique: Technique = {
  kind: "endless loops",
  code: `(ctx) => ctx.fetch(ctx.input.bound + "/never")`,
  ends: ["TENON_TIMEOUT", "TENON_ABORTED", "TENON_USER_ERROR"],
  limits: { wallMs: 800 },
};
