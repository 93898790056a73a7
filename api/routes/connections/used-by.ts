import { endpoint } from "#api/endpoint.ts";
import { workflowsUsing } from "#runtime/connections/used-by.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { findConnection } from "./find.ts";
import { connectionParams, usageSchema } from "./schema.ts";

export const listConnectionUsers = endpoint({
  method: "get",
  path: "/connections/{connection}/used-by",
  operationId: "listConnectionUsers",
  tag: "Connections",
  summary: "List the workflows that need a connection",
  description: "Those that are live in its environment and ask for a connection of its connector and owner.",
  scope: "connections:read",
  action: "connection.list_users",
  params: connectionParams,
  answers: { 200: { description: "The workflows, at most 1,000.", schema: usageSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const { organizationId } = caller;
  const users = await asOrganization(parts.database, organizationId, async (sql) => {
    const row = await findConnection(sql, caller, params.connection);
    const { connector, owner } = row;
    return workflowsUsing(sql, { organizationId, connector, owner, environmentId: row.environment.id });
  });
  const data = users.map(({ workflow, environment, version, alias, optional }) => ({
    workflow,
    environment: { id: environment.id, slug: environment.slug },
    version,
    alias,
    optional,
  }));
  return { status: 200, body: { data } };
});
