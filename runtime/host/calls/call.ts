import type { Egress } from "#runtime/egress/fetch.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import type { Execution } from "../execution.ts";
import type { ResponseStreams } from "./streams.ts";

/** What a host call may use: one run's execution, and nothing that outlives it. */
export interface CallContext {
  readonly execution: Execution;
  readonly egress: Egress;
  /** Aborted when the run ends, however it ends. */
  readonly signal: AbortSignal;
  /** Puts placeholders where real values come back from outside. */
  readonly blind: Redactor;
  readonly streams: ResponseStreams;
}

/** One capability's host half: parses what the guest sent, does it, answers with JSON data. */
export type HostCall = (context: CallContext, argument: unknown) => Promise<unknown>;
