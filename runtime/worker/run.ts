import { setTimeout as delay } from "node:timers/promises";
import { touchConnection } from "#runtime/connections/record-use.ts";
import type { LogLine, Outcome } from "#runtime/host/execution.ts";
import { appendLogs } from "#runtime/runs/append-logs.ts";
import { claimRun } from "#runtime/runs/claim.ts";
import type { ClaimedRun } from "#runtime/runs/claim.ts";
import { finishRun, retryRun, returnLostRun } from "#runtime/runs/finish.ts";
import type { Ending, Held, StoredError } from "#runtime/runs/finish.ts";
import { LEASE_MS } from "#runtime/runs/limits.ts";
import type { RunStatus } from "#runtime/runs/status.ts";
import type { HeldRun } from "./leases.ts";
import type { WorkerParts } from "./parts.ts";
import { prepare } from "./prepare.ts";
import type { Unprepared } from "./prepare.ts";

/** How long a write that ends an attempt is tried again while the database is away. */
const PERSIST_DEADLINE_MS = 2 * LEASE_MS;

/**
 * One run, start to end: claim it, open what it needs, execute it in a sandbox, write how it ended.
 * A job for a run that is not there to be claimed is harmless.
 */
export async function executeRun(
  parts: WorkerParts,
  job: { readonly runId: string; readonly organizationId: string },
): Promise<void> {
  const run = await claimRun(parts.database, { ...job, worker: parts.name });
  if (run === null) {
    return;
  }
  const hold = parts.leases.hold({ runId: run.id, leaseToken: run.leaseToken });
  try {
    if (run.tier !== "instant") {
      announce(parts, run, "running");
    }
    await settle(parts, run, hold, await attempt(parts, run, hold));
  } catch (error) {
    parts.log.error({ runId: run.id, error }, "an attempt ended unexpectedly");
    await giveBack(parts, run, "the worker had an internal error");
  } finally {
    hold.release();
  }
}

async function attempt(parts: WorkerParts, run: ClaimedRun, hold: HeldRun): Promise<Outcome> {
  const prepared = await prepare(parts, run);
  if ("error" in prepared) {
    return failedBeforeStart(prepared);
  }
  let line = 0;
  return parts.sandboxes.execute({
    ...prepared,
    signal: hold.signal,
    onLog: async (lines: readonly LogLine[]) => {
      const numbered = lines.map((entry) => ({ ...entry, attempt: run.attempt, line: ++line }));
      await appendLogs(parts.database, {
        organizationId: run.organizationId,
        runId: run.id,
        lines: numbered,
      });
      parts.notifier.publish({ runId: run.id, kind: "logs" });
    },
    onSecretUse: async (use) => parts.recordSecretUse(run, use),
    onConnectionUse: (connectionId) => {
      touchConnection(parts.database, { organizationId: run.organizationId, connectionId }).catch(
        (error: unknown) => {
          parts.log.warn({ connectionId, error }, "when a connection was used last is not written");
        },
      );
    },
  });
}

function failedBeforeStart({ error, retryable }: Unprepared): Outcome {
  return { status: "failed", error, retryable, usage: { cpuMs: 0, wallMs: 0 } };
}

/** Writes how the attempt ended: the run's end, a retry, or back to the queue. */
async function settle(parts: WorkerParts, run: ClaimedRun, hold: HeldRun, outcome: Outcome): Promise<void> {
  const { cpuMs } = outcome.usage;
  if (outcome.status === "lost") {
    await giveBack(parts, run, outcome.reason);
    return;
  }
  if (outcome.status === "cancelled") {
    // Stopped from outside: only a cancellation is an end; the others hand the run to another worker.
    const reason = hold.stopReason();
    await (reason === "cancel" || reason === null
      ? end(parts, run, { status: "cancelled", cpuMs })
      : giveBack(parts, run, reason === "shutdown" ? "its worker was stopped" : "its lease was lost"));
    return;
  }
  if (outcome.status === "completed") {
    await end(parts, run, { status: "completed", result: outcome.result, cpuMs });
    return;
  }
  const { status, retryable } = outcome;
  const error = outcome.error as unknown as StoredError;
  if (retryable && run.attempt < run.maxAttempts && hold.stopReason() === null) {
    await tryAgain(parts, run, { status, error, cpuMs });
    return;
  }
  await end(parts, run, { status, error, cpuMs });
}

async function end(parts: WorkerParts, run: ClaimedRun, ending: Ending): Promise<void> {
  if (await persist(parts, run, async () => finishRun(parts, heldOf(run), ending))) {
    announce(parts, run, ending.status);
  }
}

async function tryAgain(
  parts: WorkerParts,
  run: ClaimedRun,
  failure: { readonly status: "failed" | "timeout"; readonly error: StoredError; readonly cpuMs: number },
): Promise<void> {
  const { initialInterval, backoffCoefficient, maxInterval } = run.version.manifest.retry;
  const delayMs = Math.min(maxInterval, initialInterval * backoffCoefficient ** (run.attempt - 1));
  if (await persist(parts, run, async () => retryRun(parts.database, heldOf(run), { ...failure, delayMs }))) {
    await enqueue(parts, run, delayMs);
    announce(parts, run, "queued");
  }
}

async function giveBack(parts: WorkerParts, run: ClaimedRun, reason: string): Promise<void> {
  const next = await persist(parts, run, async () => returnLostRun(parts.database, heldOf(run), reason));
  if (next === "queued") {
    await enqueue(parts, run, 0);
  }
  if (next !== "not held") {
    announce(parts, run, next);
  }
}

/** A queue that is away does not lose the run: the sweep finds it. */
async function enqueue(parts: WorkerParts, run: ClaimedRun, delayMs: number): Promise<void> {
  const { id: runId, organizationId, tier, attempt: tried } = run;
  await parts.queue
    .addRun({ runId, organizationId, tier, attempt: tried, delayMs })
    .catch((error: unknown) => {
      parts.log.warn({ runId, error }, "the run waits for the sweep to queue it");
    });
}

/** The work is done: a database that restarts meanwhile must not make it be done again. */
async function persist<T>(parts: WorkerParts, run: ClaimedRun, write: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PERSIST_DEADLINE_MS;
  for (let pause = 50; ; pause = Math.min(2 * pause, 2_000)) {
    try {
      return await write();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      parts.log.warn({ runId: run.id, error }, "the end of an attempt could not be written; trying again");
      await delay(pause);
    }
  }
}

function announce(parts: WorkerParts, run: ClaimedRun, status: RunStatus): void {
  parts.notifier.publish({ runId: run.id, kind: "status", status });
}

function heldOf(run: ClaimedRun): Held {
  return {
    organizationId: run.organizationId,
    runId: run.id,
    attempt: run.attempt,
    leaseToken: run.leaseToken,
  };
}
