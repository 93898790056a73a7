import type { Technique } from "../technique.ts";

/** Returns a proxy whose every trap throws something else. */
export const technique: Technique = {
  kind: "proxies and getters",
  code: `() => new Proxy({}, { get(_, name) { if (name === "then") return undefined; throw name; }, ownKeys() { throw null; }, getOwnPropertyDescriptor() { throw Symbol("x"); } })`,
  ends: ["TENON_USER_ERROR"],
};
