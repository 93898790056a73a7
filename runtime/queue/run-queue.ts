import type { JobQueue, NewJob, QueueBackend } from "./backend.ts";
import type { JobPayload, QueueName } from "./names.ts";

/** One run that is due, as the queue needs to know it. */
export interface DueRun {
  readonly runId: string;
  readonly organizationId: string;
  readonly tier: string;
  /** How often the run was tried before: a retry must not be taken for a duplicate of the try before it. */
  readonly attempt: number;
  /** Milliseconds until it is due. */
  readonly delayMs: number;
}

/** Hands work to the workers. Adding the same thing twice is harmless. */
export interface RunQueue {
  addRun(run: DueRun): Promise<void>;
  addRuns(runs: readonly DueRun[]): Promise<void>;
  addPublication(publication: {
    readonly publicationId: string;
    readonly organizationId: string;
  }): Promise<void>;
  /** Resolves when the backend answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the producing side of both queues. */
export function createRunQueue(backend: QueueBackend): RunQueue {
  const queues: Record<QueueName, JobQueue> = {
    instant: backend.queue("instant"),
    background: backend.queue("background"),
  };
  const queueOf = (tier: string) => (tier === "instant" ? queues.instant : queues.background);
  const addRun = async (run: DueRun): Promise<void> => {
    const { name, data, opts } = job(run);
    await queueOf(run.tier).add(name, data, opts);
  };
  return {
    addRun,
    // One by one: BullMQ's bulk command makes a sequence in its schema, which the application role may not.
    addRuns: async (runs) => {
      await Promise.all(runs.map(addRun));
    },
    addPublication: async ({ publicationId, organizationId }) => {
      const data: JobPayload = { kind: "publication", publicationId, organizationId };
      await queues.instant.add("publication", data, { jobId: publicationId });
    },
    ping: async () => {
      await queues.instant.getJobCounts("active");
    },
    close: async () => {
      await Promise.all([queues.instant.close(), queues.background.close()]);
    },
  };
}

function job(run: DueRun): NewJob {
  const data: JobPayload = { kind: "run", runId: run.runId, organizationId: run.organizationId };
  const jobId = run.attempt === 0 ? run.runId : `${run.runId}-${String(run.attempt)}`;
  return { name: "run", data, opts: { jobId, ...(run.delayMs > 0 ? { delay: run.delayMs } : {}) } };
}
