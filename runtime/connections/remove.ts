import { afterDeadlocks } from "#runtime/db/after-deadlocks.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { openPresent, versionOf } from "./open-present.ts";
import type { PresentConnection } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";
import type { ConnectionStatus } from "./read.ts";
import { revokeUpstream } from "./revoke.ts";
import { scheduleRevocations } from "./schedule-revocations.ts";
import { workflowsUsing } from "./used-by.ts";
import type { UsingWorkflow } from "./used-by.ts";

interface Removal {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Do it although deployed workflows need it, and no other connection would serve them. */
  readonly force: boolean;
  readonly actor: Actor;
}

/**
 * Deletes a connection, and ends its credential at the provider.
 *
 * @throws NotFoundError; ConflictError `TENON_CONNECTION_IN_USE` with one issue for each workflow that needs it.
 */
export async function removeConnection(parts: ConnectionParts, removal: Removal): Promise<void> {
  const { organizationId, force } = removal;
  const present = await openPresent(parts, removal);
  const { connector, environmentId, owner } = present;
  const asked = { organizationId, connector, environmentId, owner };
  const check = async (sql: TenantSql): Promise<void> => {
    if (!(await lock(sql, removal)).replaced) {
      requireUnused(present.name, await workflowsUsing(sql, asked), force);
    }
  };
  await asOrganization(parts.database, organizationId, check);
  const { again = false } = await revokeUpstream(parts, organizationId, present);
  await afterDeadlocks(async () =>
    asOrganization(parts.database, organizationId, async (sql) => {
      await check(sql);
      await erase(sql, removal, { present, revokeAgain: again });
    }),
  );
}

async function erase(
  sql: TenantSql,
  removal: Removal,
  { present, revokeAgain }: { readonly present: PresentConnection; readonly revokeAgain: boolean },
): Promise<void> {
  const { organizationId, connectionId, actor, force } = removal;
  const { name, connector, version } = present;
  await scheduleRevocations(sql, {
    organizationId,
    answersOf: [connectionId],
    // A renewal may have brought other tokens since they were revoked.
    credentialsOf: revokeAgain || (await versionOf(sql, removal)) !== version ? [connectionId] : [],
    cause: "connection.delete",
  });
  await emitConnectionEvent(sql, { organizationId, connectionId, type: "connection.deleted" });
  await sql`delete from connections where organization_id = ${organizationId} and id = ${connectionId}`;
  const details = { name, connector, force };
  await auditConnection(sql, { organizationId, connectionId, actor, action: "connection.delete", details });
}

/**
 * Locks the connection and its like, so that of two that could serve the same needs not both go at once. `replaced`:
 * runs would find another one, of the same environment, connector and owner.
 */
async function lock(
  sql: TenantSql,
  { organizationId, connectionId }: Removal,
): Promise<{ readonly replaced: boolean }> {
  const rows = await sql<{ id: string; status: ConnectionStatus }[]>`
    select o.id, o.status from connections c
    join connections o on o.organization_id = c.organization_id and o.environment_id = c.environment_id
      and o.connector = c.connector and o.owner = c.owner and o.customer_id is not distinct from c.customer_id
    where c.organization_id = ${organizationId} and c.id = ${connectionId}
    order by o.id for update of o`;
  if (!rows.some(({ id }) => id === connectionId)) {
    throw new NotFoundError("connection", connectionId);
  }
  return { replaced: rows.some(({ id, status }) => id !== connectionId && status !== "disconnected") };
}

function requireUnused(name: string, users: readonly UsingWorkflow[], force: boolean): void {
  const needing = users.filter(({ optional }) => !optional);
  if (needing.length === 0 || force) {
    return;
  }
  const named = needing
    .slice(0, 5)
    .map(({ workflow, environment }) => `${workflow.slug} (${environment.slug})`);
  throw new ConflictError(
    `The connection "${name}" is needed by deployed workflows: ${named.join(", ")}${needing.length > 5 ? ", …" : ""}. Delete it anyway with ?force=true.`,
    {
      code: "TENON_CONNECTION_IN_USE",
      issues: needing.slice(0, 100).map(({ workflow, environment, version, alias }) => ({
        path: `workflows.${workflow.slug}`,
        message: `needs it as "${alias}" in version ${String(version)}, live in "${environment.slug}"`,
      })),
    },
  );
}
