import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { connectorUse } from "#runtime/connections/connector-use.ts";
import type { ConnectorUse } from "#runtime/connections/connector-use.ts";
import { forgetRevocations } from "#runtime/connections/schedule-revocations.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { lockConnector, requireConnectorReach } from "./definition.ts";
import { connectorParams } from "./schema.ts";

export const removeConnector = endpoint({
  method: "delete",
  path: "/connectors/{connector}",
  operationId: "removeConnector",
  tag: "Connectors",
  summary: "Delete a connector",
  description:
    "With its versions, its OAuth apps, and tokens that wait to be revoked. Refused while it has connections, or deployed workflows need one.",
  scope: "connectors:manage",
  action: "connector.delete",
  params: connectorParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  const slug = params.connector;
  await asOrganization(parts.database, organizationId, async (sql) => {
    const { id } = await lockConnector(sql, caller, slug);
    const use = await connectorUse(sql, { organizationId, connector: slug });
    await requireConnectorReach(sql, caller, slug, use);
    requireUnused(slug, use);
    const unrevoked = await forgetRevocations(sql, { organizationId, connector: slug });
    await sql`delete from oauth_apps where organization_id = ${organizationId} and connector = ${slug}`;
    await sql`delete from connectors where organization_id = ${organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug, unrevoked } });
  });
  return { status: 204, body: null };
});

function requireUnused(slug: string, { connections, workflows }: ConnectorUse): void {
  const issues = [
    ...connections.map(({ id, name }) => ({
      path: `connections.${id}`,
      message: `"${name.slice(0, 60)}" uses it`,
    })),
    ...workflows.map(({ workflow, environment }) => ({
      path: `workflows.${workflow.slug}`,
      message: `needs it, live in "${environment.slug}"`,
    })),
  ];
  if (issues.length > 0) {
    throw new ConflictError(
      `The connector "${slug}" is in use by ${String(connections.length)} connections and ${String(workflows.length)} deployed workflows; delete these first.`,
      { code: "TENON_CONNECTOR_IN_USE", issues: issues.slice(0, 100) },
    );
  }
}
