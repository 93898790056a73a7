import { forgetSessions } from "#runtime/connections/forget-sessions.ts";
import { forgetStates } from "#runtime/connections/forget-states.ts";
import {
  forgetIdempotencyKeys,
  findExpiredLeases,
  findOverduePublications,
  findOverdueRuns,
} from "#runtime/runs/lost.ts";
import { returnLostRun } from "#runtime/runs/finish.ts";
import type { WorkerParts } from "./parts.ts";

const SWEEP_MS = 5_000;
/** A queued run whose job may be lost. A job that only waits its turn is found too: adding it twice is harmless. */
const OVERDUE_MS = 10_000;
const BATCH = 200;

/** Finds what was lost: runs of dead workers, runs and publications whose job vanished. Every worker sweeps. */
export function startSweep(parts: Omit<WorkerParts, "sandboxes">): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(async () => sweep(parts))
      .catch((error: unknown) => {
        parts.log.warn({ error }, "the sweep failed; it is tried again");
      });
  }, SWEEP_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** One pass. Safe beside the same pass in other workers: each move is guarded by the run's own state. */
export async function sweep(parts: Omit<WorkerParts, "sandboxes">): Promise<void> {
  for (const lost of await findExpiredLeases(parts.database, BATCH)) {
    const next = await returnLostRun(parts.database, lost, "its worker stopped answering");
    if (next === "queued") {
      await parts.queue.addRun({ ...lost, delayMs: 0 });
    }
    if (next !== "not held") {
      parts.notifier.publish({ runId: lost.runId, kind: "status", status: next });
      parts.log.warn({ runId: lost.runId, next }, "a run of a lost worker was found");
    }
  }
  await parts.queue.addRuns(await findOverdueRuns(parts.database, OVERDUE_MS, BATCH));
  for (const publication of await findOverduePublications(parts.database, OVERDUE_MS, BATCH)) {
    await parts.queue.addPublication(publication);
  }
  await forgetIdempotencyKeys(parts.database);
  await forgetStates(parts.database);
  await forgetSessions(parts.database);
}
