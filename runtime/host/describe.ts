import type { Bundle, Description, Execution, Outcome } from "./execution.ts";
import { newId } from "#runtime/ids.ts";
import { runError } from "./failure.ts";

const WALL_MS = 15_000;
const CPU_MS = 5_000;
const MANIFEST_BYTES = 1_000_000;

/** A bundle's description as an execution without facts, secrets or a way out. */
export function describeExecution(
  request: { readonly organizationId: string; readonly bundle: Bundle; readonly signal: AbortSignal },
  memoryMb: number,
): Execution {
  const id = newId();
  return {
    ...request,
    runId: id,
    facts: {
      run: { id, attempt: 1, tier: "instant", workflow: "", version: 0, trigger: "describe", createdAt: "" },
      environment: { id, slug: "", production: false },
      customer: null,
    },
    input: "null",
    headers: {},
    variables: {},
    secrets: [],
    connections: new Map(),
    egress: [],
    limits: {
      memoryMb,
      cpuSliceMs: CPU_MS,
      cpuTotalMs: CPU_MS,
      wallMs: WALL_MS,
      resultBytes: MANIFEST_BYTES,
      logLines: 100,
      logBytes: 10_000,
      logLineBytes: 1_000,
      bodyBytes: 0,
      concurrentCalls: 1,
    },
    onLog: async () => {
      // What a bundle prints while it is loaded to be described is nobody's.
    },
    onSecretUse: async () => {
      throw new Error("A bundle that is described has no secrets.");
    },
    onConnectionUse: () => {
      throw new Error("A bundle that is described has no connections.");
    },
  };
}

/** The description that such an execution ended with. */
export function toDescription(outcome: Outcome): Description {
  switch (outcome.status) {
    case "completed":
      return { status: "described", manifest: JSON.parse(outcome.result) as unknown };
    case "failed":
    case "timeout":
      return { status: "rejected", error: outcome.error };
    case "cancelled":
    case "lost":
    default:
      return {
        status: "rejected",
        error: runError("TENON_UNAVAILABLE", "The check was interrupted; publish again."),
      };
  }
}
