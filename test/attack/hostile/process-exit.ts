import type { Technique } from "../technique.ts";

/** Exits as if all were well. */
export const technique: Technique = {
  kind: "escaped: the process",
  code: `async () => { process.reallyExit(0); }`,
  ends: ["TENON_SANDBOX_CRASHED", "TENON_TIMEOUT"],
  limits: { wallMs: 1_500 },
  escaped: true,
  kills: true,
};
