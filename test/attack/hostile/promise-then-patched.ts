import type { Technique } from "../technique.ts";

/** Answers every await itself. */
export const technique: Technique = {
  kind: "promises",
  code: `async (ctx) => {
  const real = Promise.prototype.then;
  Promise.prototype.then = function (resolve, reject) { return real.call(this, resolve && (() => resolve("forged")), reject); };
  ctx.log.info("still here");
  return 1;
}`,
  ends: ["completed", "TENON_TIMEOUT", "TENON_USER_ERROR"],
  limits: { wallMs: 1_500 },
};
