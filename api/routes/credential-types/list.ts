import { builtInCredentialTypes } from "#connectors/credential-types.ts";
import { endpoint } from "#api/endpoint.ts";
import { bySlug, isFound, toSlugPage } from "#api/slug-page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { credentialTypePage, credentialTypesQuery, showType } from "./schema.ts";
import type { CredentialTypeRow } from "./schema.ts";

export const listCredentialTypes = endpoint({
  method: "get",
  path: "/credential-types",
  operationId: "listCredentialTypes",
  tag: "Credential types",
  summary: "List credential types",
  description: "Built-in and own ones together, in alphabetical order of their slugs.",
  scope: "connectors:read",
  action: "credential_type.list",
  query: credentialTypesQuery,
  answers: { 200: { description: "A page of credential types.", schema: credentialTypePage } },
}).handledBy(async ({ parts, caller: { organizationId }, query }) => {
  const rows = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<CredentialTypeRow[]>`
      select id, definition, created_at, updated_at from credential_types
      where organization_id = ${organizationId}`,
  );
  const own = rows.map((row) => ({ type: parseCredentialType(row.definition), row }));
  const builtIn = [...builtInCredentialTypes().values()].map((type) => ({ type, row: null }));
  const found = [...builtIn, ...own]
    .filter(({ row }) => query.source === undefined || (row === null) === (query.source === "built-in"))
    .filter(({ type }) => query.category === undefined || type.category === query.category)
    .filter(({ type }) => isFound(query.search, [type.slug, type.name, type.description, ...type.keywords]))
    .map(({ type, row }) => ({ slug: type.slug, type, row }))
    .sort(bySlug);
  return { status: 200, body: toSlugPage(found, query, ({ type, row }) => showType(type, row)) };
});
