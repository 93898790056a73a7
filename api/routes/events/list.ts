import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { eventPage, eventsQuery, isReachable, showEvent } from "./schema.ts";
import type { EventRow } from "./schema.ts";

export const listEvents = endpoint({
  method: "get",
  path: "/events",
  operationId: "listEvents",
  tag: "Events",
  summary: "List events",
  description: "A test key sees those of environments that are not production.",
  scope: "events:read",
  action: "event.list",
  query: eventsQuery,
  answers: { 200: { description: "A page of events.", schema: eventPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor, type } }) => {
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    (sql) => sql<EventRow[]>`
      select id, type, data, created_at from events
      where organization_id = ${caller.organizationId} and ${isReachable(sql, caller)}
        ${type === undefined ? sql`` : sql`and type = ${type}`}
        ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
      order by id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showEvent) };
});
