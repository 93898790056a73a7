import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findCustomer } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import {
  connectSessionPage,
  connectSessionsQuery,
  selectConnectSessions,
  showConnectSession,
} from "./schema.ts";
import type { ConnectSessionRow } from "./schema.ts";

export const listConnectSessions = endpoint({
  method: "get",
  path: "/connect-sessions",
  operationId: "listConnectSessions",
  tag: "Connect sessions",
  summary: "List connect sessions",
  description: "Sessions are kept for 30 days after their end. A test key sees none of production.",
  scope: "connect-sessions:read",
  action: "connect-session.list",
  query: connectSessionsQuery,
  answers: { 200: { description: "A page of sessions, without their tokens.", schema: connectSessionPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor, customer } }) => {
  const rows = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const customerId = customer === undefined ? null : (await findCustomer(sql, caller, customer)).id;
    return sql<ConnectSessionRow[]>`
      ${selectConnectSessions(sql)}
      where s.organization_id = ${caller.organizationId}
        ${customerId === null ? sql`` : sql`and s.customer_id = ${customerId}`}
        ${caller.kind === "test" ? sql`and not e.production` : sql``}
        ${cursor === undefined ? sql`` : sql`and s.id < ${cursor}`}
      order by s.id desc limit ${limit + 1}`;
  });
  return { status: 200, body: toPage(rows, limit, showConnectSession) };
});
