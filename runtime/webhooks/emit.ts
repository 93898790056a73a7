import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** Everything that subscribers can hear of. */
export const EVENT_TYPES = [
  "connection.created",
  "connection.refreshed",
  "connection.degraded",
  "connection.reauthorize",
  "connection.recovered",
  "connection.deleted",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Something that happened. `data` is sent as it is: it never holds a credential. */
export interface TenonEvent {
  readonly organizationId: string;
  readonly type: EventType;
  readonly data: object;
}

/**
 * Writes an event and one delivery for each enabled endpoint that wants it, inside the transaction of what happened:
 * either both are there or neither. Workers send what they find.
 */
export async function emitEvent(sql: TenantSql, event: TenonEvent): Promise<void> {
  const { organizationId, type } = event;
  const eventId = await insertEvent(sql, event);
  const endpoints = await sql<{ id: string }[]>`
    select id from webhook_endpoints
    where organization_id = ${organizationId} and enabled and events && ${[type, "*"]}::text[]`;
  for (const endpoint of endpoints) {
    await insertDelivery(sql, { organizationId, endpointId: endpoint.id, eventId });
  }
}

/** An event that is only there to be sent to one endpoint; resolves to its delivery. */
export async function emitTestEvent(
  sql: TenantSql,
  { organizationId, endpointId }: { readonly organizationId: string; readonly endpointId: string },
): Promise<string> {
  const data = { endpointId, message: "This is a test." };
  const eventId = await insertEvent(sql, { organizationId, type: "webhook.test", data });
  return insertDelivery(sql, { organizationId, endpointId, eventId });
}

async function insertEvent(
  sql: TenantSql,
  { organizationId, type, data }: { organizationId: string; type: string; data: object },
): Promise<string> {
  const id = newId();
  await sql`
    insert into events (id, organization_id, type, data)
    values (${id}, ${organizationId}, ${type}, ${sql.json(data)})`;
  return id;
}

async function insertDelivery(
  sql: TenantSql,
  { organizationId, endpointId, eventId }: { organizationId: string; endpointId: string; eventId: string },
): Promise<string> {
  const id = newId();
  await sql`
    insert into webhook_deliveries (id, organization_id, endpoint_id, event_id)
    values (${id}, ${organizationId}, ${endpointId}, ${eventId})`;
  return id;
}
