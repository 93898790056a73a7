import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { invalid } from "#api/middleware/parse.ts";
import { breakingChanges } from "#runtime/connections/breaking-changes.ts";
import { connectorUse } from "#runtime/connections/connector-use.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, TenonError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import type { CatalogueEntry } from "#runtime/oauth/catalogue.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { lockConnector, parseDefinition, requireConnectorReach } from "./definition.ts";
import {
  EXAMPLE_DEFINITION,
  connectorParams,
  connectorSchema,
  showConnector,
  updateConnectorBody,
} from "./schema.ts";
import type { ConnectorRow } from "./schema.ts";

export const updateConnector = endpoint({
  method: "put",
  path: "/connectors/{connector}",
  operationId: "updateConnector",
  tag: "Connectors",
  summary: "Publish a new version of a connector",
  description:
    "Connections and workflows use it from then on; runs under way keep the one that they began with. Refused with the list of users where it lacks a method, host, field or action that they use, unless `acceptBreaking`.",
  scope: "connectors:manage",
  action: "connector.update",
  params: connectorParams,
  body: updateConnectorBody,
  bodyExample: { definition: EXAMPLE_DEFINITION, acceptBreaking: false },
  answers: { 200: { description: "The connector as it is now.", schema: connectorSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { organizationId } = caller;
  const before = await loadBefore(call, params.connector);
  const after = parseDefinition(body.definition);
  if (after.slug !== params.connector) {
    throw invalid([{ path: "definition.slug", message: `must stay "${params.connector}"` }]);
  }
  const written = await asOrganization(parts.database, organizationId, async (sql) => {
    const row = await lockConnector(sql, caller, params.connector);
    const use = await connectorUse(sql, { organizationId, connector: after.slug });
    await requireConnectorReach(sql, caller, after.slug, use);
    if (before !== null && before.version !== row.version) {
      throw new ConflictError("Another request has just changed this connector; read it and try again.");
    }
    const broken = before === null ? [] : breakingChanges(before.connector, after, use);
    if (broken.length > 0 && !body.acceptBreaking) {
      throw breaking(after, broken);
    }
    return insertVersion(sql, call, { row, after, definition: body.definition, broken });
  });
  const { version, ...row } = written;
  return { status: 200, body: showConnector({ connector: after, source: "organization", version }, row) };
});

/** Null: the definition of now does not fit this release, so that nothing can be using it. */
async function loadBefore({ parts, caller }: Call, slug: string): Promise<CatalogueEntry | null> {
  try {
    const entry = await parts.catalogue.load(caller.organizationId, slug);
    if (entry.source === "built-in") {
      throw new ConflictError(
        `"${slug}" is built in and cannot be changed; create a connector with another slug.`,
      );
    }
    return entry;
  } catch (error) {
    if (error instanceof TenonError && error.code === "TENON_CONNECTOR_INVALID") {
      return null;
    }
    throw error;
  }
}

function breaking(after: Connector, broken: readonly FieldIssue[]): ConflictError {
  return new ConflictError(
    `The new definition of "${after.slug}" would break what is in use; errors has what and whom. Keep these parts, or send "acceptBreaking": true.`,
    { code: "TENON_CONNECTOR_BREAKING", issues: broken.slice(0, 100) },
  );
}

interface NewVersion {
  readonly row: ConnectorRow & { readonly version: number };
  readonly after: Connector;
  readonly definition: unknown;
  readonly broken: readonly FieldIssue[];
}

async function insertVersion(
  sql: TenantSql,
  call: Call,
  { row, after, definition, broken }: NewVersion,
): Promise<ConnectorRow & { readonly version: number }> {
  const { organizationId, keyId } = call.caller;
  const hash = contentHash(JSON.stringify(definition));
  const [same] = await sql`
    select 1 from connector_versions
    where organization_id = ${organizationId} and connector_id = ${row.id} and number = ${row.version} and hash = ${hash}`;
  if (same !== undefined) {
    return row;
  }
  const number = row.version + 1;
  await sql`
    insert into connector_versions (id, organization_id, connector_id, number, definition, hash, created_by)
    values (${newId()}, ${organizationId}, ${row.id}, ${number}, ${sql.json(definition)}, ${hash}, ${keyId})`;
  const [changed] = await sql<[ConnectorRow]>`
    update connectors set current_version = ${number}, updated_at = now()
    where organization_id = ${organizationId} and id = ${row.id} returning id, created_at, updated_at`;
  await audit(sql, call, {
    resourceId: row.id,
    details: {
      slug: after.slug,
      version: number,
      hosts: after.hosts,
      broken: broken.map(({ path }) => path),
    },
  });
  return { ...changed, version: number };
}
