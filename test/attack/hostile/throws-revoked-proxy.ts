import type { Technique } from "../technique.ts";

/** Throws a revoked proxy. */
export const technique: Technique = {
  kind: "thrown values",
  code: `() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy; }`,
  ends: ["TENON_USER_ERROR"],
};
