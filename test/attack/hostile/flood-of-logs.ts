import type { Technique } from "../technique.ts";

/** Logs without end. */
export const technique: Technique = {
  kind: "floods",
  code: `() => { for (;;) console.log("x".repeat(1000)); }`,
  ends: ["TENON_CPU_LIMIT"],
  holds: ({ lines }) => {
    if (lines.length > 201 || JSON.stringify(lines).length > 400_000) {
      throw new Error("the log was not cut");
    }
  },
};
