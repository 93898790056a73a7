import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { readRow } from "./get.ts";
import { connectorParams, connectorVersionPage, connectorVersionsQuery } from "./schema.ts";

interface VersionRow {
  readonly id: string;
  readonly number: number;
  readonly hash: string;
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

export const listConnectorVersions = endpoint({
  method: "get",
  path: "/connectors/{connector}/versions",
  operationId: "listConnectorVersions",
  tag: "Connectors",
  summary: "List the versions of an own connector",
  scope: "connectors:read",
  action: "connector.list_versions",
  params: connectorParams,
  query: connectorVersionsQuery,
  answers: { 200: { description: "A page of versions, newest first.", schema: connectorVersionPage } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  const { id } = await readRow(call, params.connector);
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    (sql) => sql<VersionRow[]>`
      select id, number, hash, created_by, created_at from connector_versions
      where organization_id = ${caller.organizationId} and connector_id = ${id}
        ${query.cursor === undefined ? sql`` : sql`and id < ${query.cursor}`}
      order by id desc limit ${query.limit + 1}`,
  );
  const body = toPage(rows, query.limit, (row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  return { status: 200, body };
});
