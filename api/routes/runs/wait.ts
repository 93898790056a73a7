import type { Call } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { isFinal } from "#runtime/runs/status.ts";
import type { RunStatus } from "#runtime/runs/status.ts";

/** Notifications are quick but may be lost: the row is looked at as well, at this pace. */
const LOOK_AGAIN_MS = 2_000;

/** Waits for the end of a run; stops waiting when the time is over, the caller is gone or the process stops. */
export async function waitForEnd(call: Call, runId: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const signal = endOfCall(call);
  for (let left = timeoutMs; left > 0 && !signal.aborted; left = deadline - Date.now()) {
    const slice = Math.min(left, LOOK_AGAIN_MS);
    const finished = await call.parts.feed.waitFinished(runId, { timeoutMs: slice, signal });
    if (finished || (await hasEnded(call, runId))) {
      return;
    }
  }
}

/** Aborted when the caller disconnects or the process stops. The run goes on either way. */
export function endOfCall({ context, parts }: Call): AbortSignal {
  const { signal } = context.req.raw;
  return parts.stopping === undefined ? signal : AbortSignal.any([signal, parts.stopping]);
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
