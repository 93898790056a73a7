import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** The run that opens a connection. */
interface UsingRun {
  readonly id: string;
  readonly organizationId: string;
  readonly attempt: number;
  readonly environment: { readonly id: string };
}

/** Audits that a run opened connections: once per run and connection, however often the run is tried. */
export async function recordConnectionUse(
  database: Database,
  run: UsingRun,
  connectionIds: readonly string[],
): Promise<void> {
  if (connectionIds.length === 0) {
    return;
  }
  await asOrganization(database, run.organizationId, async (sql) => {
    for (const connectionId of new Set(connectionIds)) {
      if (run.attempt === 1 || !(await isRecorded(sql, run, connectionId))) {
        await sql`
          insert into audit_events (id, organization_id, actor_type, actor_id, action, resource_type, resource_id, outcome, details)
          values (${newId()}, ${run.organizationId}, 'run', ${run.id}, 'connection.use', 'connection', ${connectionId}, 'success',
            ${sql.json({ environmentId: run.environment.id })})`;
      }
    }
  });
}

/** Ids are ordered by time: what a run did is audited after the run was made. */
async function isRecorded(sql: TenantSql, run: UsingRun, connectionId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from audit_events
    where organization_id = ${run.organizationId} and id > ${run.id} and actor_type = 'run' and actor_id = ${run.id}
      and action = 'connection.use' and resource_id = ${connectionId} limit 1`;
  return rows.length > 0;
}

/** Notes when a connection was used last, at most once a minute. */
export async function touchConnection(
  database: Database,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<void> {
  await asOrganization(database, where.organizationId, async (sql) => {
    await sql`
      update connections set last_used_at = now()
      where organization_id = ${where.organizationId} and id = ${where.connectionId}
        and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
  });
}
