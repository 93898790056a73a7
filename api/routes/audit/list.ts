import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { auditPage, auditQuery, showAuditEvent } from "./schema.ts";
import type { AuditRow } from "./schema.ts";

export const listAuditEvents = endpoint({
  method: "get",
  path: "/audit",
  operationId: "listAuditEvents",
  tag: "Audit",
  summary: "List audit events",
  scope: "audit:read",
  action: "audit.list",
  query: auditQuery,
  answers: { 200: { description: "A page of events.", schema: auditPage } },
}).handledBy(async ({ parts, caller: { organizationId }, query }) => {
  const { action, actor, resourceType, outcome, after, before, cursor, limit } = query;
  const rows = await asOrganization(
    parts.database,
    organizationId,
    async (sql) => sql<AuditRow[]>`
        select id, at, actor_type, actor_id, action, resource_type, resource_id, outcome, source_address, request_id,
          details
        from audit_events
        where organization_id = ${organizationId}
          ${action === undefined ? sql`` : sql`and action = ${action}`}
          ${actor === undefined ? sql`` : sql`and actor_id = ${actor}`}
          ${resourceType === undefined ? sql`` : sql`and resource_type = ${resourceType}`}
          ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
          ${after === undefined ? sql`` : sql`and at >= ${after}`}
          ${before === undefined ? sql`` : sql`and at < ${before}`}
          ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showAuditEvent) };
});
