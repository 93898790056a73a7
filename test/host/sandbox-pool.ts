import { randomBytes } from "node:crypto";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress, EgressRequest, EgressSecret } from "#runtime/egress/fetch.ts";
import { ConnectionLimits } from "#runtime/host/connection/limits.ts";
import type {
  Bundle,
  Description,
  Execution,
  ExecutionLimits,
  LogLine,
  Outcome,
  SandboxPool,
} from "#runtime/host/execution.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import { createLogger } from "#runtime/log.ts";

/** Limits that end a hostile run soon, and are generous to an honest one on a busy machine. */
export const LIMITS: ExecutionLimits = {
  memoryMb: 64,
  cpuSliceMs: 1_000,
  cpuTotalMs: 3_000,
  wallMs: 20_000,
  resultBytes: 1_000_000,
  logLines: 200,
  logBytes: 50_000,
  logLineBytes: 2_000,
  bodyBytes: 1_000_000,
  concurrentCalls: 10,
};

/** The parts of a host call's context that a run without connections has no use for. */
export const NO_CONNECTIONS = {
  connections: new Map<string, never>(),
  pace: new ConnectionLimits(),
  learn: () => undefined,
  runCode: async () => Promise.reject(new Error("There is no code to run.")),
} as const;

/** A pool of real processes whose outside world answers from `respond`. */
export async function startPool(
  options: {
    readonly processes?: number;
    readonly respond?: (request: EgressRequest) => string;
    /** The real way out, instead of `respond`. */
    readonly egress?: Egress;
  } = {},
): Promise<SandboxPool> {
  const egress: Egress = options.egress ?? {
    fetch: async (request) => ({
      status: 200,
      statusText: "OK",
      url: request.url,
      redirected: false,
      headers: [["content-type", "application/json"]],
      body: pieces(options.respond?.(request) ?? "{}"),
      cancel: () => undefined,
    }),
    close: async () => undefined,
  };
  const config = {
    sandboxProcesses: options.processes ?? 2,
    sandboxLockdown: "auto",
    memoryLimitMb: LIMITS.memoryMb,
  } as const;
  return await createSandboxPool({ config, egress, log: createLogger("test", "silent") });
}

/** A pool with the product's own way out, which reaches servers on this machine. */
export async function startReachingPool(): Promise<SandboxPool> {
  const egress = createEgress({ allow: ["127.0.0.0/8"] });
  const pool = await startPool({ processes: 1, egress });
  return {
    ...pool,
    close: async () => {
      await pool.close();
      await egress.close();
    },
  };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) {
    await new Promise((resolve) => setImmediate(resolve));
    yield bytes.subarray(at, at + 7);
  }
}

/** A bundle as the bundler makes it, from the text of its default export. */
export function bundleOf(expression: string): Bundle {
  const code = `var __tenonWorkflow=(()=>{return{default:${expression}}})();`;
  return { hash: contentHash(code), code, sourceMap: null };
}

/** A secret as the worker resolves it. */
export function secret(name: string, value: string, options: Partial<EgressSecret> = {}): EgressSecret {
  const placeholder = `tnsec_${name.toLowerCase()}_${randomBytes(16).toString("hex")}`;
  return { name, value, placeholder, hosts: [], reveal: false, ...options };
}

/** An outcome with the log lines that the run left. */
export type Ran = Outcome & { readonly lines: readonly LogLine[] };

/** Runs the text of a default export. */
export async function run(
  pool: SandboxPool,
  expression: string | Bundle,
  options: Partial<Omit<Execution, "limits">> & { readonly limits?: Partial<ExecutionLimits> } = {},
): Promise<Ran> {
  const runId = options.runId ?? newId();
  const lines: LogLine[] = [];
  const outcome = await pool.execute({
    runId,
    organizationId: "organization-a",
    bundle: typeof expression === "string" ? bundleOf(expression) : expression,
    facts: {
      run: {
        id: runId,
        attempt: 1,
        tier: "instant",
        workflow: "test",
        version: 1,
        trigger: "api",
        createdAt: "2026-01-01T00:00:00Z",
      },
      environment: { id: newId(), slug: "development", production: false },
      customer: null,
    },
    input: "{}",
    headers: {},
    variables: {},
    secrets: [],
    egress: [],
    signal: new AbortController().signal,
    onLog: async (batch) => {
      lines.push(...batch);
    },
    onSecretUse: async () => undefined,
    connections: new Map(),
    onConnectionUse: () => undefined,
    ...options,
    limits: { ...LIMITS, ...options.limits },
  });
  return { ...outcome, lines };
}

/** The parsed result of a run that must have completed. */
export function resultOf(ran: Outcome): unknown {
  if (ran.status !== "completed") {
    throw new Error(`The run ended as ${ran.status}: ${JSON.stringify(ran)}`);
  }
  return JSON.parse(ran.result) as unknown;
}

/** The code that a run failed with, or its status when it did not fail. */
export function codeOf(ran: Outcome): string {
  return ran.status === "failed" || ran.status === "timeout" ? ran.error.code : ran.status;
}

/** Describes the text of a bundle. */
export async function describeCode(pool: SandboxPool, code: string): Promise<Description> {
  const bundle = { hash: contentHash(code), code, sourceMap: null };
  return await pool.describe({
    organizationId: "organization-a",
    bundle,
    signal: new AbortController().signal,
  });
}
