import type { Technique } from "../technique.ts";

/** Returns a proxy that has a million keys, then others. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `() => new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, i) => "k" + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: (_, name) => name === "then" || name === "toJSON" ? undefined : "x".repeat(100) })`,
  ends: ["TENON_CPU_LIMIT", "TENON_TOO_LARGE", "TENON_MEMORY_LIMIT"],
};
