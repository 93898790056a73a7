import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import type { Database } from "#runtime/db/connect.ts";
import { isUuid } from "./reference.ts";
import type { RunNotifier } from "./notify.ts";
import type { RunStatus } from "./status.ts";

/**
 * Asks a run to stop. A queued one is cancelled at once; a running one is told, and ends as `cancelled`
 * within about two seconds, whatever its code does. Cancelling a cancelled run again changes nothing.
 *
 * @throws NotFoundError; ConflictError `TENON_RUN_FINISHED` when it ended otherwise.
 */
export async function cancelRun(
  parts: { readonly database: Database; readonly notifier: RunNotifier },
  request: { readonly organizationId: string; readonly runId: string },
): Promise<{ readonly status: RunStatus }> {
  const { organizationId, runId } = request;
  if (!isUuid(runId)) {
    throw new NotFoundError("run", runId);
  }
  const run = await asOrganization(parts.database, organizationId, async (sql) => {
    const [moved] = await sql<{ status: RunStatus }[]>`
      update runs set cancel_requested_at = coalesce(cancel_requested_at, now()),
        status = case when status = 'queued' then 'cancelled' else status end,
        finished_at = case when status = 'queued' then now() end
      where organization_id = ${organizationId} and id = ${runId} and status in ('queued', 'running')
      returning status`;
    if (moved !== undefined) {
      return moved;
    }
    const [row] = await sql<{ status: RunStatus }[]>`
      select status from runs where organization_id = ${organizationId} and id = ${runId}`;
    return row;
  });
  if (run === undefined) {
    throw new NotFoundError("run", runId);
  }
  if (run.status === "running") {
    parts.notifier.publish({ runId, kind: "cancel" });
  } else if (run.status === "cancelled") {
    parts.notifier.publish({ runId, kind: "status", status: "cancelled" });
  } else {
    throw new ConflictError(`The run has already ended as ${run.status}.`, { code: "TENON_RUN_FINISHED" });
  }
  return run;
}
