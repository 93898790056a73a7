import type { FromSandbox } from "#runtime/sandbox/wire.ts";
import type { Redactor } from "#runtime/vault/redact.ts";
import { ProtocolError } from "./call-desk.ts";
import type { ExecutionLimits, Outcome, RunError, Usage } from "./execution.ts";
import { type Failures, runError } from "./failure.ts";
import type { Death } from "./process.ts";

type Stopping = "timeout" | "cancelled" | "lost" | null;

/** Errors that the same code with the same input would make again. */
const FINAL = new Set([
  "TENON_PARSE_ERROR",
  "TENON_IMPORT_FAILED",
  "TENON_NO_EXPORT",
  "TENON_MANIFEST",
  "TENON_INPUT_INVALID",
  "TENON_RESULT_INVALID",
  "TENON_TOO_LARGE",
  "TENON_UNDECLARED",
  "TENON_CONNECTION_TARGET",
  "TENON_ACTION_INPUT",
  "TENON_ACTION_NESTED",
  "TENON_ACTION_UNKNOWN",
  "TENON_CONNECTOR_CODE",
  "TENON_PAGINATION",
  "TENON_EGRESS_DENIED",
  "TENON_SECRET_HOST",
  "TENON_REVEAL_DENIED",
  "TENON_PROTOCOL",
  "TENON_CALL_LIMIT",
]);

/** The outcome of an attempt whose isolate ended by itself or by the process's watch. */
export function endOutcome(
  frame: Extract<FromSandbox, { type: "ended" }>,
  word: string | null,
  facts: {
    readonly stopping: Stopping;
    /** Past the notice of the time limit. */
    readonly late: boolean;
    readonly limits: ExecutionLimits;
    readonly failures: Failures;
    readonly redactor: Redactor;
    readonly usage: Usage;
  },
): Outcome {
  const { stopping, limits, usage } = facts;
  if (stopping === "cancelled") {
    return { status: "cancelled", usage };
  }
  switch (frame.end) {
    case "settled":
      return settledOutcome(word, facts);
    case "parse":
      return failed(facts.failures.parseError(frame.detail), usage);
    case "cpu":
      return failed(cpuError(frame.detail, limits), usage);
    case "memory":
      return failed(memoryError(limits), usage);
    case "protocol":
      throw new ProtocolError(frame.detail);
    case "stopped":
    default:
      if (stopping === null) {
        throw new ProtocolError("it ended as stopped, and nobody had stopped it");
      }
      return stopping === "timeout"
        ? { status: "timeout", error: timeoutError(limits), retryable: true, usage }
        : { status: "lost", reason: "The sandbox process stopped the run.", usage };
  }
}

function settledOutcome(
  word: string | null,
  { late, limits, failures, redactor, usage }: Parameters<typeof endOutcome>[2],
): Outcome {
  if (word === null) {
    throw new ProtocolError("the run ended without a word");
  }
  const body = word.slice(1);
  if (word.startsWith("f")) {
    const error = failures.read(body);
    return late && (error.name === "TimeoutError" || error.code === "TENON_ABORTED")
      ? { status: "timeout", error: timeoutError(limits), retryable: true, usage }
      : failed(error, usage);
  }
  if (Buffer.byteLength(body) > limits.resultBytes) {
    return failed(resultTooLarge(limits), usage);
  }
  const value: unknown = JSON.parse(body);
  const result = redactor.text(body) === body ? body : JSON.stringify(redactor.json(value));
  // What stands for a short secret is longer than it: a result may grow a hundredfold.
  return Buffer.byteLength(result) > limits.resultBytes
    ? failed(resultTooLarge(limits), usage)
    : { status: "completed", result, usage };
}

function resultTooLarge(limits: ExecutionLimits): RunError {
  return runError(
    "TENON_TOO_LARGE",
    `The result is larger than ${String(limits.resultBytes)} bytes of JSON.`,
  );
}

/**
 * The outcome of an attempt whose process died under it. A run that had a process of its own is to blame; of
 * several nobody knows who, so all are lost and each is tried again in a process of its own.
 */
export function deathOutcome(
  death: Death,
  facts: { readonly stopping: Stopping; readonly alone: boolean; readonly usage: Usage },
): Outcome {
  const { stopping, alone, usage } = facts;
  if (stopping === "cancelled") {
    return { status: "cancelled", usage };
  }
  if (stopping === "timeout") {
    return {
      status: "timeout",
      error: runError("TENON_TIMEOUT", "The run took longer than it may."),
      retryable: true,
      usage,
    };
  }
  if (death === "killed" || !alone) {
    return { status: "lost", reason: `The sandbox process ended (${death}).`, usage };
  }
  return failed(deathError(death), usage);
}

function deathError(death: Death): RunError {
  switch (death) {
    case "memory":
      return runError("TENON_MEMORY_LIMIT", "The run used more memory than it may.");
    case "protocol":
      return runError("TENON_PROTOCOL", "The run broke the sandbox's protocol.");
    case "flood":
      return runError("TENON_CALL_LIMIT", "The run said more to its host than a run may.");
    case "crashed":
    case "killed":
    case "unresponsive":
    default:
      return runError("TENON_SANDBOX_CRASHED", "The run made its sandbox process crash.");
  }
}

function failed(error: RunError, usage: Usage): Outcome {
  return { status: "failed", error, retryable: !FINAL.has(error.code), usage };
}

function cpuError(detail: string, limits: ExecutionLimits): RunError {
  return detail === "total"
    ? runError(
        "TENON_CPU_LIMIT",
        `The run used more than ${String(limits.cpuTotalMs)} ms of CPU time in all.`,
      )
    : runError(
        "TENON_CPU_LIMIT",
        `The run used more than ${String(limits.cpuSliceMs)} ms of CPU time without waiting for anything.`,
      );
}

function memoryError(limits: ExecutionLimits): RunError {
  return runError("TENON_MEMORY_LIMIT", `The run used more than ${String(limits.memoryMb)} MB of memory.`);
}

function timeoutError(limits: ExecutionLimits): RunError {
  return runError("TENON_TIMEOUT", `The run took longer than ${String(limits.wallMs)} ms.`);
}
