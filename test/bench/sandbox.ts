import type { Egress } from "#runtime/egress/fetch.ts";
import type { Bundle, Execution } from "#runtime/host/execution.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import { createLogger } from "#runtime/log.ts";
import * as limits from "#runtime/runs/limits.ts";
import type { Figures } from "./floors.ts";
import { sequential, throughput } from "./measure.ts";

const ORGANIZATION = newId();

/** What is run in the sandbox: built code, in a new isolate each time or in kept ones. */
export interface SandboxLoad {
  readonly code: string;
  readonly isolation: "fresh" | "warm";
}

/** The sandbox and its bridge alone: runs in the real processes, without database, queue or HTTP. */
export async function openSandbox({ code, isolation }: SandboxLoad): Promise<{
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}> {
  const egress: Egress = {
    fetch: async () => {
      throw new Error("this workflow fetches nothing");
    },
    close: async () => undefined,
  };
  const config = { sandboxProcesses: 2, sandboxLockdown: "auto", memoryLimitMb: 128 } as const;
  const pool = await createSandboxPool({ config, egress, log: createLogger("bench", "silent") });
  const bundle: Bundle = { hash: contentHash(code), code, sourceMap: null };
  const warm = isolation === "warm" ? "bench" : null;
  return {
    run: async () => {
      const outcome = await pool.execute({ ...execution(bundle), warm });
      if (outcome.status !== "completed") {
        throw new Error(`a run in the sandbox ended wrongly: ${JSON.stringify(outcome)}`);
      }
    },
    close: async () => pool.close(),
  };
}

/** Runs one after the other, then `width` in flight. */
export async function sandboxRuns(load: SandboxLoad, count: number, width: number): Promise<Figures> {
  const sandbox = await openSandbox(load);
  try {
    await sequential(20, sandbox.run);
    return {
      times: await sequential(count, sandbox.run),
      perSecond: await throughput(count * 2, width, sandbox.run),
    };
  } finally {
    await sandbox.close();
  }
}

function execution(bundle: Bundle): Execution {
  const id = newId();
  return {
    runId: id,
    organizationId: ORGANIZATION,
    bundle,
    facts: {
      run: {
        id,
        attempt: 1,
        tier: "instant",
        workflow: "bench",
        version: 1,
        trigger: "api",
        createdAt: new Date().toISOString(),
      },
      environment: { id: ORGANIZATION, slug: "development", production: false },
      customer: null,
    },
    input: '{"name":"Ada"}',
    headers: {},
    variables: {},
    connections: new Map(),
    onConnectionUse: () => undefined,
    secrets: [
      {
        name: "BENCH_KEY",
        value: "bench-secret-value",
        placeholder: `tnsec_${"0".repeat(32)}`,
        hosts: [],
        reveal: false,
      },
    ],
    egress: [],
    limits: {
      memoryMb: 128,
      cpuSliceMs: 10_000,
      cpuTotalMs: limits.CPU_TOTAL_MS.instant,
      wallMs: 60_000,
      resultBytes: limits.RESULT_BYTES,
      logLines: limits.LOG_LINES,
      logBytes: limits.LOG_BYTES,
      logLineBytes: limits.LOG_LINE_BYTES,
      bodyBytes: limits.BODY_BYTES,
      concurrentCalls: limits.CONCURRENT_CALLS,
    },
    signal: new AbortController().signal,
    onLog: async () => undefined,
    onSecretUse: async () => undefined,
  };
}
