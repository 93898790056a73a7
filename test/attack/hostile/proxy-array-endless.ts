import type { Technique } from "../technique.ts";

/** Returns a proxy of an array that is longer at each look. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `() => { let n = 1; return new Proxy([], { get(_, name) { return name === "length" ? (n += 2) : name === "then" || name === "toJSON" ? undefined : 1; } }); }`,
  ends: ["TENON_CPU_LIMIT", "TENON_TOO_LARGE", "TENON_MEMORY_LIMIT"],
};
