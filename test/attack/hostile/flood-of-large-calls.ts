import type { Technique } from "../technique.ts";

/** Makes many requests with the largest bodies. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { const body = "x".repeat(900000); const calls = Array.from({ length: 100 }, () => ctx.fetch(ctx.input.bound + "/x", { method: "POST", body }).then((r) => r.status, (e) => e.code ?? e.name)); return [...new Set(await Promise.all(calls))].every((one) => one === 200 || one === "TENON_TOO_LARGE"); }`,
  ends: ["completed", "TENON_MEMORY_LIMIT", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
  answer: true,
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 8_000, memoryMb: 128, wallMs: 30_000 },
};
