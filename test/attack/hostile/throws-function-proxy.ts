import type { Technique } from "../technique.ts";

/** Throws a callable proxy whose traps throw each other. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { const p = new Proxy(function () {}, { get() { throw p; }, getPrototypeOf() { throw p; }, getOwnPropertyDescriptor() { throw p; }, has() { throw p; } }); throw p; }`,
  ends: ["TENON_USER_ERROR"],
};
