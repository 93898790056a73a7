import type { Technique } from "../technique.ts";

/** Returns a proxy whose every trap loops. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `() => new Proxy({}, { get() { for (;;); }, ownKeys() { for (;;); }, getPrototypeOf() { for (;;); }, has() { for (;;); } })`,
  ends: ["TENON_CPU_LIMIT"],
};
