import { builtInCredentialTypes } from "#connectors/credential-types.ts";
import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { parseCredentialType } from "#sdk/connector/parse-credential-type.ts";
import { credentialTypeParams, credentialTypeSchema, showType } from "./schema.ts";
import type { CredentialTypeRow } from "./schema.ts";

export const getCredentialType = endpoint({
  method: "get",
  path: "/credential-types/{type}",
  operationId: "getCredentialType",
  tag: "Credential types",
  summary: "Read a credential type",
  scope: "connectors:read",
  action: "credential_type.read",
  params: credentialTypeParams,
  answers: { 200: { description: "The credential type.", schema: credentialTypeSchema } },
}).handledBy(async ({ parts, caller: { organizationId }, params }) => {
  const builtIn = builtInCredentialTypes().get(params.type);
  if (builtIn !== undefined) {
    return { status: 200, body: showType(builtIn, null) };
  }
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<CredentialTypeRow[]>`
      select id, definition, created_at, updated_at from credential_types
      where organization_id = ${organizationId} and slug = ${params.type}`,
  );
  if (row === undefined) {
    throw new NotFoundError("credential type", params.type);
  }
  return { status: 200, body: showType(parseCredentialType(row.definition), row) };
});
