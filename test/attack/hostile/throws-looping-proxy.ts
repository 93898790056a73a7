import type { Technique } from "../technique.ts";

/** Throws a proxy whose every trap loops: copying it outside would never return. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); }, has() { for (;;); }, ownKeys() { for (;;); }, getOwnPropertyDescriptor() { for (;;); } }); }`,
  ends: ["TENON_CPU_LIMIT"],
};
