import type { Technique } from "../technique.ts";

/** Keeps every response open, to have all the connections that there are. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => {
  const kept = [];
  for (;;) {
    const batch = await Promise.all(Array.from({ length: 50 }, () => ctx.fetch(ctx.input.bound + "/endless").catch((e) => e.code)));
    kept.push(...batch);
    if (batch.includes("TENON_CALL_LIMIT")) return kept.filter((one) => typeof one === "object").length;
  }
}`,
  ends: ["completed"],
  answer: 200,
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
