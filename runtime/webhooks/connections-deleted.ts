import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import type { EventType } from "./emit.ts";

const TYPE: EventType = "connection.deleted";

/** Tells the subscribers that connections are about to be deleted, as `emitConnectionEvent` does for one: few statements for many. */
export async function emitConnectionsDeleted(
  sql: TenantSql,
  {
    organizationId,
    connectionIds,
  }: { readonly organizationId: string; readonly connectionIds: readonly string[] },
): Promise<void> {
  const eventIds = connectionIds.map(() => newId());
  await sql`
    insert into events (id, organization_id, type, data)
    select t.event_id, c.organization_id, ${TYPE}, jsonb_build_object('connectionId', c.id, 'name', c.name,
      'connector', c.connector, 'environmentId', c.environment_id, 'owner', c.owner, 'customerId', c.customer_id,
      'user', c.customer_user, 'status', c.status, 'problem', c.problem, 'at', ${new Date().toISOString()}::text)
    from unnest(${eventIds}::uuid[], ${[...connectionIds]}::uuid[]) as t (event_id, connection_id)
    join connections c on c.organization_id = ${organizationId} and c.id = t.connection_id`;
  const endpoints = await sql<{ id: string }[]>`
    select id from webhook_endpoints
    where organization_id = ${organizationId} and enabled and events && ${[TYPE, "*"]}::text[]`;
  for (const { id } of endpoints) {
    await sql`
      insert into webhook_deliveries (id, organization_id, endpoint_id, event_id)
      select t.id, ${organizationId}, ${id}, t.event_id
      from unnest(${eventIds.map(() => newId())}::uuid[], ${eventIds}::uuid[]) as t (id, event_id)`;
  }
}
