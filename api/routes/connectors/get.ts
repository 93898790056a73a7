import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { connectorParams, connectorSchema, showConnector } from "./schema.ts";
import type { ConnectorRow } from "./schema.ts";

export const getConnector = endpoint({
  method: "get",
  path: "/connectors/{connector}",
  operationId: "getConnector",
  tag: "Connectors",
  summary: "Read a connector",
  description: "Built-in or own: what it asks for, and its definition.",
  scope: "connectors:read",
  action: "connector.read",
  params: connectorParams,
  answers: { 200: { description: "The connector.", schema: connectorSchema } },
}).handledBy(async (call) => {
  const slug = call.params.connector;
  const entry = await call.parts.catalogue.load(call.caller.organizationId, slug);
  const row = entry.source === "built-in" ? null : await readRow(call, slug);
  return { status: 200, body: showConnector(entry, row) };
});

/** The row of an own connector. @throws NotFoundError */
export async function readRow({ parts, caller }: Call, slug: string): Promise<ConnectorRow> {
  const [row] = await asOrganization(
    parts.database,
    caller.organizationId,
    (sql) => sql<ConnectorRow[]>`
      select id, created_at, updated_at from connectors
      where organization_id = ${caller.organizationId} and slug = ${slug}`,
  );
  if (row === undefined) {
    throw new NotFoundError("connector", slug);
  }
  return row;
}
