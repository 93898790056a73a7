import type { Technique } from "../technique.ts";

/** Gives values of 200 MB to every door. */
export const technique: Technique = {
  kind: "floods",
  code: `async (ctx) => {
  const huge = "x".repeat(2e8); const names = [];
  for (const attempt of [() => ctx.hmac("KEY", huge), () => ctx.hmac(huge, "x"), () => ctx.reveal(huge), () => ctx.fetch(huge), () => ctx.fetch(ctx.input.bound + "/x", { method: "POST", body: huge }), () => ctx.log.info(huge, huge), () => console.log(huge)]) try { await attempt(); names.push("fine"); } catch (error) { names.push(error.code ?? error.name); }
  return names.length;
}`,
  ends: [
    "completed",
    "TENON_PROTOCOL",
    "TENON_MEMORY_LIMIT",
    "TENON_CPU_LIMIT",
    "TENON_USER_ERROR",
    "TENON_SANDBOX_CRASHED",
    "TENON_TOO_LARGE",
  ],
  limits: { cpuSliceMs: 3_000, cpuTotalMs: 5_000 },
  kills: true,
};
