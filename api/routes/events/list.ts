import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { requireEvents } from "#api/routes/webhook-endpoints/schema.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { eventPage, eventsQuery, showEvent } from "./schema.ts";
import type { EventRow } from "./schema.ts";

export const listEvents = endpoint({
  method: "get",
  path: "/events",
  operationId: "listEvents",
  tag: "Events",
  summary: "List events",
  scope: "events:read",
  action: "event.list",
  query: eventsQuery,
  answers: { 200: { description: "A page of events.", schema: eventPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor, type } }) => {
  const rows = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    return sql<EventRow[]>`
      select id, type, data, created_at from events
      where organization_id = ${caller.organizationId}
        ${type === undefined ? sql`` : sql`and type = ${type}`}
        ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
      order by id desc limit ${limit + 1}`;
  });
  return { status: 200, body: toPage(rows, limit, showEvent) };
});
