import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findCustomer, findEnvironment } from "#api/references.ts";
import { endsAt, selectConnections } from "#runtime/connections/read.ts";
import type { ConnectionRow } from "#runtime/connections/read.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { connectionPage, connectionsQuery, showConnection } from "./schema.ts";

export const listConnections = endpoint({
  method: "get",
  path: "/connections",
  operationId: "listConnections",
  tag: "Connections",
  summary: "List connections",
  scope: "connections:read",
  action: "connection.list",
  query: connectionsQuery,
  answers: { 200: { description: "A page of connections.", schema: connectionPage } },
}).handledBy(async ({ parts, caller, query }) => {
  const { environment, customer, connector, user, owner, status, tag, expiringSoon, cursor, limit } = query;
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environmentId =
      environment === undefined ? null : (await findEnvironment(sql, caller, environment)).id;
    const customerId = customer === undefined ? null : (await findCustomer(sql, caller, customer)).id;
    const soon = sql`coalesce(${endsAt(sql)} < now() + interval '30 days', false)`;
    const rows = await sql<ConnectionRow[]>`
      ${selectConnections(sql)}
      where c.organization_id = ${caller.organizationId}
        ${environmentId === null ? sql`` : sql`and c.environment_id = ${environmentId}`}
        ${customerId === null ? sql`` : sql`and c.customer_id = ${customerId}`}
        ${connector === undefined ? sql`` : sql`and c.connector = ${connector}`}
        ${user === undefined ? sql`` : sql`and c.customer_user = ${user}`}
        ${owner === undefined ? sql`` : sql`and c.owner = ${owner}`}
        ${status === undefined ? sql`` : sql`and c.status = ${status}`}
        ${tag === undefined ? sql`` : sql`and ${tag} = any(c.tags)`}
        ${expiringSoon === undefined ? sql`` : sql`and ${soon} = ${expiringSoon}`}
        ${caller.kind === "test" ? sql`and not e.production` : sql``}
        ${cursor === undefined ? sql`` : sql`and c.id < ${cursor}`}
      order by c.id desc limit ${limit + 1}`;
    return toPage(rows, limit, showConnection);
  });
  return { status: 200, body };
});
