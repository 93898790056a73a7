import type { SandboxPool } from "#runtime/host/execution.ts";
import { bundleOf, run } from "#test/host/sandbox-pool.ts";
import { expressionOf, type Program } from "./files.ts";
import type { Report } from "./results.ts";

const LIMITS = {
  memoryMb: 256,
  cpuSliceMs: 30_000,
  cpuTotalMs: 60_000,
  logLines: 10_000,
  logBytes: 20_000_000,
  logLineBytes: 200_000,
};

/** Runs a program in an isolate of the product's own sandbox; a run that fails reports that as one more subtest. */
export async function runInIsolate(pool: SandboxPool, program: Program): Promise<Report[]> {
  const handler = `async (ctx) => { await ${expressionOf(program)}((results) => { ctx.log.info("wpt", results); }); }`;
  const ran = await run(pool, bundleOf(handler), {
    limits: { ...LIMITS, wallMs: program.limitMs * 3 },
  });
  const reports = ran.lines.flatMap(({ message, data }) => (message === "wpt" ? (data as Report[]) : []));
  return ran.status === "completed"
    ? reports
    : [...reports, ["(the run)", 1, JSON.stringify(ran.status === "failed" ? ran.error : ran.status)]];
}
