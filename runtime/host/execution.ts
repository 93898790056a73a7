import type { EgressSecret } from "#runtime/egress/fetch.ts";
import type { ConnectionAccess } from "#runtime/oauth/access.ts";
import type { Sealing } from "./connection/sealing.ts";

/** One attempt of one run, with everything already resolved: the host half opens nothing by itself. */
export interface Execution {
  readonly runId: string;
  readonly organizationId: string;
  readonly bundle: Bundle;
  /** The `ctx` facts that are plain data. */
  readonly facts: ExecutionFacts;
  /** JSON text of the input. */
  readonly input: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly EgressSecret[];
  /** The connections that the run may use, by the name that its code calls them. */
  readonly connections: ReadonlyMap<string, ConnectionAccess>;
  /** Names of optional connections that there are none of. */
  readonly absentConnections?: readonly string[];
  /** What runs, and so what `ctx` is. Default: a workflow. */
  readonly role?: "workflow" | "action" | "handler";
  /** What a custom auth handler works with. */
  readonly sealing?: Sealing;
  /** Host patterns that `ctx.fetch` may reach: the manifest's egress list. */
  readonly egress: readonly string[];
  readonly limits: ExecutionLimits;
  /** Whether a debugger is waited for, and attached. Only where the installation lets runs be debugged. */
  readonly inspect?: boolean;
  /** Whose isolate the run may share, one after the other, by trusted facts; null, the default: its own, new. */
  readonly warm?: string | null;
  /** Aborted when the run is cancelled or its lease is lost. */
  readonly signal: AbortSignal;
  /** Redacted log lines, in order, in small batches. A rejected promise ends the attempt as lost. */
  readonly onLog: (lines: readonly LogLine[]) => Promise<void>;
  /** Called before a plaintext is handed to guest code, or a signature made: audited. Rejecting refuses it. */
  readonly onSecretUse: (use: { readonly name: string; readonly kind: "reveal" | "hmac" }) => Promise<void>;
  /** Told now and then that a connection is in use. */
  readonly onConnectionUse: (connectionId: string) => void;
}

/** Built code with the hash of its content. */
export interface Bundle {
  readonly hash: string;
  readonly code: string;
  readonly sourceMap: string | null;
}

export interface ExecutionFacts {
  readonly run: {
    readonly id: string;
    readonly attempt: number;
    readonly tier: string;
    readonly workflow: string;
    readonly version: number;
    readonly trigger: string;
    readonly createdAt: string;
  };
  readonly environment: { readonly id: string; readonly slug: string; readonly production: boolean };
  readonly customer: {
    readonly id: string;
    readonly slug: string;
    readonly name: string;
    readonly externalId: string | null;
    readonly metadata: Readonly<Record<string, unknown>>;
  } | null;
}

export interface ExecutionLimits {
  readonly memoryMb: number;
  /** CPU time between two host calls, in milliseconds. */
  readonly cpuSliceMs: number;
  /** CPU time of the whole attempt, in milliseconds. */
  readonly cpuTotalMs: number;
  /** Wall time of the attempt, in milliseconds; `ctx.signal` is aborted first. */
  readonly wallMs: number;
  readonly resultBytes: number;
  readonly logLines: number;
  readonly logBytes: number;
  readonly logLineBytes: number;
  /** Request or response body of one fetch. */
  readonly bodyBytes: number;
  readonly concurrentCalls: number;
}

export interface LogLine {
  readonly at: Date;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  /** Structured data of the line, already JSON; null without. */
  readonly data: unknown;
}

/** An error as it is stored and shown: redacted, positions mapped to the author's own files. */
export interface RunError {
  /** `TENON_…`, or `TENON_USER_ERROR` for what the author's code threw. */
  readonly code: string;
  /** What the system said where an exchange failed (`TENON_FETCH_FAILED`), as in `ECONNREFUSED`. */
  readonly reason?: string;
  readonly name: string;
  readonly message: string;
  /** Frames of the author's code only: `    at sync (src/sync.ts:12:9)`. */
  readonly stack: string | null;
  /** The author's file, line and column (1-based) where it was thrown; null when it was not in their code. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
  readonly cause: RunError | null;
  /** What stood side by side in an AggregateError or SuppressedError: the first five. */
  readonly errors?: readonly RunError[];
}

/** How an attempt ended. `lost`: through no fault of its own (a neighbour killed the process): run it again. */
export type Outcome =
  | { readonly status: "completed"; readonly result: string; readonly usage: Usage }
  | {
      readonly status: "failed" | "timeout";
      readonly error: RunError;
      readonly retryable: boolean;
      readonly usage: Usage;
    }
  | { readonly status: "cancelled"; readonly usage: Usage }
  | { readonly status: "lost"; readonly reason: string; readonly usage: Usage };

export interface Usage {
  /** CPU time inside the isolate, in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** What a bundle says of itself when it is loaded without being run; the manifest is unchecked JSON from guest code. */
export type Description =
  | { readonly status: "described"; readonly manifest: unknown }
  | { readonly status: "rejected"; readonly error: RunError };

/** The sandbox processes of one worker. */
export interface SandboxPool {
  /** Executes one attempt in a fresh isolate. Never rejects for anything that the guest does. */
  execute(execution: Execution): Promise<Outcome>;
  /** Loads a bundle in a fresh isolate without `ctx` and reads its manifest: the check before publishing. */
  describe(request: {
    readonly organizationId: string;
    readonly bundle: Bundle;
    readonly signal: AbortSignal;
  }): Promise<Description>;
  /** Live figures for the worker's log, tests and the demo. */
  processes(): readonly {
    readonly pid: number;
    readonly organizationId: string | null;
    readonly runs: number;
  }[];
  /** Kills every sandbox process. Attempts under way end as `lost`. */
  close(): Promise<void>;
}
