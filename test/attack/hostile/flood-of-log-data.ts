import type { Technique } from "../technique.ts";

/** Logs data that is slow to write and large to keep. */
export const technique: Technique = {
  kind: "floods",
  code: `(ctx) => { const data = Array.from({ length: 1000 }, (_, i) => ({ i, text: "\\u0001".repeat(1000) })); for (let i = 0; i < 500; i++) ctx.log.info("x", data); return 1; }`,
  ends: ["completed", "TENON_CPU_LIMIT"],
  holds: ({ lines }) => {
    if (JSON.stringify(lines).length > 2_000_000) {
      throw new Error("the log was not cut");
    }
  },
};
