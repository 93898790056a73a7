import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { openPresent } from "./open-present.ts";
import type { ConnectionParts } from "./parts.ts";
import { revokeUpstream } from "./revoke.ts";
import { workflowsUsing } from "./used-by.ts";
import type { UsingWorkflow } from "./used-by.ts";

interface Removal {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Do it although deployed workflows need it. */
  readonly force: boolean;
  readonly actor: Actor;
}

/**
 * Deletes a connection, and ends its credential at the provider.
 *
 * @throws NotFoundError; ConflictError `TENON_CONNECTION_IN_USE` with one issue for each workflow that needs it.
 */
export async function removeConnection(parts: ConnectionParts, removal: Removal): Promise<void> {
  const { organizationId, connectionId, force } = removal;
  const present = await openPresent(parts, removal);
  const { connector, environmentId, owner } = present;
  const asked = { organizationId, connector, environmentId, owner };
  const users = await asOrganization(parts.database, organizationId, (sql) => workflowsUsing(sql, asked));
  requireUnused(present.name, users, force);
  await revokeUpstream(parts, organizationId, present);
  await asOrganization(parts.database, organizationId, async (sql) => {
    await lock(sql, removal);
    requireUnused(present.name, await workflowsUsing(sql, asked), force);
    await emitConnectionEvent(sql, { organizationId, connectionId, type: "connection.deleted" });
    await sql`delete from connections where organization_id = ${organizationId} and id = ${connectionId}`;
    await auditConnection(sql, {
      organizationId,
      connectionId,
      actor: removal.actor,
      action: "connection.delete",
      details: { name: present.name, connector, force },
    });
  });
}

async function lock(sql: TenantSql, { organizationId, connectionId }: Removal): Promise<void> {
  const rows = await sql`
    select 1 from connections where organization_id = ${organizationId} and id = ${connectionId} for update`;
  if (rows.length === 0) {
    throw new NotFoundError("connection", connectionId);
  }
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
