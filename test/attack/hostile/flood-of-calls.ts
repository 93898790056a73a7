import type { Technique } from "../technique.ts";

/** Makes more calls at once than may wait. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => { for (let i = 0; i < 10; i++) ctx.fetch(ctx.input.bound + "/never").catch(() => {}); const calls = []; for (let i = 0; i < 12000; i++) calls.push(ctx.hmac("KEY", "x")); return (await Promise.all(calls)).length; }`,
  ends: ["TENON_CALL_LIMIT"],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 8_000, memoryMb: 128 },
};
