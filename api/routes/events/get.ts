import { endpoint } from "#api/endpoint.ts";
import { isId } from "#api/fields.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { eventParams, eventSchema, isReachable, showEvent } from "./schema.ts";
import type { EventRow } from "./schema.ts";

export const getEvent = endpoint({
  method: "get",
  path: "/events/{event}",
  operationId: "getEvent",
  tag: "Events",
  summary: "Read an event",
  scope: "events:read",
  action: "event.read",
  params: eventParams,
  answers: { 200: { description: "The event.", schema: eventSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const [row] = await asOrganization(parts.database, caller.organizationId, async (sql) =>
    isId(params.event)
      ? sql<(EventRow & { readonly reachable: boolean })[]>`
          select id, type, data, created_at, ${isReachable(sql, caller)} as reachable from events
          where organization_id = ${caller.organizationId} and id = ${params.event}`
      : [],
  );
  if (row === undefined) {
    throw new NotFoundError("event", params.event);
  }
  requireReach(caller, { production: !row.reachable, what: "the event may tell of it" });
  return { status: 200, body: showEvent(row) };
});
