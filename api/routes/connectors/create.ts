import { builtInConnector } from "#connectors/index.ts";
import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import type { Created } from "#api/middleware/idempotency.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { parseDefinition } from "./definition.ts";
import { EXAMPLE_DEFINITION, connectorSchema, createConnectorBody, showConnector } from "./schema.ts";
import type { ConnectorRow } from "./schema.ts";

export const createConnector = endpoint({
  method: "post",
  path: "/connectors",
  operationId: "createConnector",
  tag: "Connectors",
  summary: "Create a connector",
  description: "An own connector may not have the slug of a built-in one.",
  scope: "connectors:manage",
  action: "connector.create",
  idempotent: true,
  body: createConnectorBody,
  bodyExample: { definition: EXAMPLE_DEFINITION },
  answers: { 201: { description: "The connector, as version 1.", schema: connectorSchema } },
}).handledBy(async (call) => {
  const connector = parseDefinition(call.body.definition);
  const { value: row, replayed } = await storeConnector(call, connector, call.body.definition);
  return {
    status: 201,
    body: showConnector({ connector, source: "organization", version: 1 }, row),
    headers: replayed ? REPLAYED : {},
  };
});

/** Stores a checked definition as version 1 of a new connector; once for each Idempotency-Key. */
export async function storeConnector(
  call: Call,
  connector: Connector,
  definition: unknown,
): Promise<Created<ConnectorRow>> {
  const { organizationId, keyId } = call.caller;
  const { slug } = connector;
  if (builtInConnector(slug) !== undefined) {
    const issue = { path: "definition.slug", message: "is taken by a built-in connector; choose another" };
    throw new ConflictError(`"${issue.path}" ${issue.message}.`, { issues: [issue] });
  }
  const id = newId();
  return createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[ConnectorRow]>`
        insert into connectors (id, organization_id, slug) values (${id}, ${organizationId}, ${slug})
        returning id, created_at, updated_at`;
      await sql`
        insert into connector_versions (id, organization_id, connector_id, number, definition, hash, created_by)
        values (${newId()}, ${organizationId}, ${id}, 1, ${sql.json(definition)},
          ${contentHash(JSON.stringify(definition))}, ${keyId})`;
      await audit(sql, call, { resourceId: id, details: { slug, hosts: connector.hosts } });
      return row;
    },
    find: async (sql, earlier) => {
      const [row] = await sql<ConnectorRow[]>`
        select id, created_at, updated_at from connectors
        where organization_id = ${organizationId} and id = ${earlier}`;
      if (row === undefined) {
        throw new NotFoundError("connector", slug);
      }
      return row;
    },
  });
}
