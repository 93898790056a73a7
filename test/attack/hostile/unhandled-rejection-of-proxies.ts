import type { Technique } from "../technique.ts";

/** Rejects with proxies whose traps loop: what copies them never returns. */
export const technique: Technique = {
  kind: "rejections",
  code: `async () => { Promise.reject(new Proxy(new Error("x"), { get() { for (;;); }, getPrototypeOf() { for (;;); } })); await new Promise((r) => setTimeout(r, 100)); return 1; }`,
  ends: ["TENON_CPU_LIMIT", "completed"],
};
