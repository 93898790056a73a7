import type { Call } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { isFinal } from "#runtime/runs/status.ts";
import type { RunStatus } from "#runtime/runs/status.ts";

/** Notifications are quick but may be lost: the row is looked at as well, at this pace. */
const LOOK_AGAIN_MS = 2_000;

/** Waits for the end of a run; stops waiting when the time is over, the caller is gone or the process stops. */
export async function waitForEnd(call: Call, runId: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const { signal, release } = endOfCall(call);
  try {
    for (let left = timeoutMs; left > 0 && !signal.aborted; left = deadline - Date.now()) {
      const slice = Math.min(left, LOOK_AGAIN_MS);
      const finished = await call.parts.feed.waitFinished(runId, { timeoutMs: slice, signal });
      if (finished || (await hasEnded(call, runId))) {
        return;
      }
    }
  } finally {
    release();
  }
}

/** The end of a call before its time; `release` when it is no longer of interest. */
export interface EndOfCall {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/**
 * Aborted when the caller disconnects or the process stops; the run goes on either way. (Not AbortSignal.any:
 * its signals stay registered with one that lives as long as the process.)
 */
export function endOfCall({ context, parts }: Call): EndOfCall {
  const end = new AbortController();
  const abort = (): void => {
    end.abort();
  };
  const sources = [context.req.raw.signal, parts.stopping].filter((source) => source !== undefined);
  for (const source of sources) {
    source.addEventListener("abort", abort);
  }
  if (sources.some((source) => source.aborted)) {
    abort();
  }
  return {
    signal: end.signal,
    release: () => {
      for (const source of sources) {
        source.removeEventListener("abort", abort);
      }
    },
  };
}

async function hasEnded({ parts, caller: { organizationId } }: Call, runId: string): Promise<boolean> {
  const [run] = await asOrganization(
    parts.database,
    organizationId,
    async (sql) => sql<{ status: RunStatus }[]>`
      select status from runs where organization_id = ${organizationId} and id = ${runId}`,
  );
  return run === undefined || isFinal(run.status);
}
