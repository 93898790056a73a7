import type { Egress, EgressSecret } from "#runtime/egress/fetch.ts";
import type { Action } from "#sdk/connector/action.ts";
import type { Blind } from "../blind.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import type { RunConnection } from "../connection/run-connection.ts";
import type { Execution } from "../execution.ts";
import type { ResponseStreams } from "./streams.ts";

/** What a host call may use: one run's execution, and nothing that outlives it. */
export interface CallContext {
  readonly execution: Execution;
  readonly egress: Pick<Egress, "fetch">;
  /** Aborted when the run ends, however it ends. */
  readonly signal: AbortSignal;
  /** Puts placeholders where real values come back from outside. */
  readonly blind: Blind;
  readonly streams: ResponseStreams;
  /** Makes values known to `blind` and to the log's redactor, before anything of them comes back. */
  readonly learn: (secrets: readonly EgressSecret[], shown: string) => void;
  /** The run's connections by alias. */
  readonly connections: ReadonlyMap<string, RunConnection>;
  /** What keeps each connection to its connector's rate, across the runs of this worker. */
  readonly pace: ConnectionLimits;
  /** Runs a `code` action in an isolate of its own; its output. */
  readonly runCode: (action: Action, connection: RunConnection, input: unknown) => Promise<unknown>;
}

/** One capability's host half: parses what the guest sent, does it, answers with JSON data. */
export type HostCall = (context: CallContext, argument: unknown) => Promise<unknown>;
