import type { Technique } from "../technique.ts";

/** Calls the host at the very end of the stack, where product code fails half-way. */
export const technique: Technique = {
  kind: "stack exhaustion",
  code: `async (ctx) => {
  const ids = [];
  const dive = () => { try { dive(); } catch { try { ids.push(ctx.hmac("KEY", "x").then((v) => v.length, (e) => e.name)); } catch {} } };
  dive();
  const answers = await Promise.all(ids.slice(0, 50));
  return (await ctx.hmac("KEY", "after")).length;
}`,
  ends: ["completed", "TENON_USER_ERROR", "TENON_CPU_LIMIT", "TENON_TIMEOUT"],
};
