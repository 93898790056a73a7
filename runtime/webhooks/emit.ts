import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";

/** Everything that subscribers can hear of. `webhook.test` goes to one endpoint only, when somebody asks for it. */
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
  const id = newId();
  await sql`
    insert into events (id, organization_id, type, data)
    values (${id}, ${event.organizationId}, ${event.type}, ${sql.json(event.data)})`;
  const endpoints = await sql<{ id: string }[]>`
    select id from webhook_endpoints
    where organization_id = ${event.organizationId} and enabled and events && ${[event.type, "*"]}::text[]`;
  for (const endpoint of endpoints) {
    await sql`
      insert into webhook_deliveries (id, organization_id, endpoint_id, event_id)
      values (${newId()}, ${event.organizationId}, ${endpoint.id}, ${id})`;
  }
}
