import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { invalid } from "#api/middleware/parse.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { CredentialType } from "#sdk/connector/credential-type.ts";
import {
  EXAMPLE_TYPE,
  credentialTypeBody,
  credentialTypeParams,
  credentialTypeSchema,
  parseType,
  showType,
} from "./schema.ts";
import type { CredentialTypeRow } from "./schema.ts";

export const updateCredentialType = endpoint({
  method: "put",
  path: "/credential-types/{type}",
  operationId: "updateCredentialType",
  tag: "Credential types",
  summary: "Replace an own credential type",
  scope: "connectors:manage",
  action: "credential_type.update",
  params: credentialTypeParams,
  body: credentialTypeBody,
  bodyExample: { definition: EXAMPLE_TYPE },
  answers: { 200: { description: "The credential type as it is now.", schema: credentialTypeSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const { organizationId } = caller;
  const { type, row } = await asOrganization(parts.database, organizationId, async (sql) => {
    const { id } = await lockType(sql, organizationId, params.type);
    const given = parseSame(params.type, body.definition);
    const [changed] = await sql<[CredentialTypeRow]>`
      update credential_types set definition = ${sql.json(body.definition)}, updated_at = now()
      where organization_id = ${organizationId} and id = ${id}
      returning id, definition, created_at, updated_at`;
    await audit(sql, call, { resourceId: id, details: { slug: params.type } });
    return { type: given, row: changed };
  });
  return { status: 200, body: showType(type, row) };
});

function parseSame(slug: string, definition: unknown): CredentialType {
  const type = parseType(definition);
  if (type.slug !== slug) {
    throw invalid([{ path: "definition.slug", message: `must stay "${slug}"` }]);
  }
  return type;
}

/** An own type, held for the rest of the transaction. @throws NotFoundError, also for a built-in one */
export async function lockType(
  sql: TenantSql,
  organizationId: string,
  slug: string,
): Promise<{ readonly id: string }> {
  const [row] = await sql<{ id: string }[]>`
    select id from credential_types where organization_id = ${organizationId} and slug = ${slug} for update`;
  if (row === undefined) {
    throw new NotFoundError("credential type of your own", slug);
  }
  return row;
}
