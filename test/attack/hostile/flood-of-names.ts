import type { Technique } from "../technique.ts";

/** Calls with names as long as a book. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { const outcomes = new Set(); for (let i = 0; i < 20; i++) for (const attempt of [() => ctx.secrets["N".repeat(1e5)], () => ctx.reveal("N".repeat(1e5)), () => ctx.connections["N".repeat(1e5)]]) try { await attempt(); outcomes.add("fine"); } catch (error) { outcomes.add(error.message.length < 500000); } return [...outcomes]; }`,
  ends: ["completed", "TENON_CPU_LIMIT"],
  answer: [true],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
};
