import type { TenantSql } from "#runtime/db/tenant.ts";
import { emitEvent } from "./emit.ts";
import type { EventType } from "./emit.ts";

/** Tells the subscribers what happened to a connection: which one, whose, and how it stands now. */
export async function emitConnectionEvent(
  sql: TenantSql,
  event: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly type: EventType;
    /** Besides the connection itself. */
    readonly more?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { organizationId, connectionId, type, more } = event;
  const [row] = await sql<{ connection: object }[]>`
    select jsonb_build_object('id', c.id, 'name', c.name, 'connector', c.connector, 'environment', e.slug,
      'owner', c.owner, 'customer', u.slug, 'user', c.customer_user, 'status', c.status, 'problem', c.problem,
      'reconnectBy', c.reconnect_by) as connection
    from connections c
    join environments e on e.organization_id = c.organization_id and e.id = c.environment_id
    left join customers u on u.organization_id = c.organization_id and u.id = c.customer_id
    where c.organization_id = ${organizationId} and c.id = ${connectionId}`;
  if (row !== undefined) {
    await emitEvent(sql, { organizationId, type, data: { connection: row.connection, ...more } });
  }
}
