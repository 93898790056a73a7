import { builtInCredentialTypes } from "#connectors/credential-types.ts";
import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { EXAMPLE_TYPE, credentialTypeBody, credentialTypeSchema, parseType, showType } from "./schema.ts";
import type { CredentialTypeRow } from "./schema.ts";

export const createCredentialType = endpoint({
  method: "post",
  path: "/credential-types",
  operationId: "createCredentialType",
  tag: "Credential types",
  summary: "Create a credential type",
  description: "An own type may not have the slug of a built-in one.",
  scope: "connectors:manage",
  action: "credential_type.create",
  idempotent: true,
  body: credentialTypeBody,
  bodyExample: { definition: EXAMPLE_TYPE },
  answers: { 201: { description: "The new credential type.", schema: credentialTypeSchema } },
}).handledBy(async (call) => {
  const { organizationId } = call.caller;
  const type = parseType(call.body.definition);
  if (builtInCredentialTypes().has(type.slug)) {
    const issue = { path: "definition.slug", message: "is taken by a built-in credential type" };
    throw new ConflictError(`"${issue.path}" ${issue.message}.`, { issues: [issue] });
  }
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[CredentialTypeRow]>`
        insert into credential_types (id, organization_id, slug, definition)
        values (${id}, ${organizationId}, ${type.slug}, ${sql.json(call.body.definition)})
        returning id, definition, created_at, updated_at`;
      await audit(sql, call, { resourceId: id, details: { slug: type.slug } });
      return row;
    },
    find: async (sql, earlier) => {
      const [row] = await sql<CredentialTypeRow[]>`
        select id, definition, created_at, updated_at from credential_types
        where organization_id = ${organizationId} and id = ${earlier}`;
      if (row === undefined) {
        throw new NotFoundError("credential type", type.slug);
      }
      return row;
    },
  });
  return { status: 201, body: showType(type, value), headers: replayed ? REPLAYED : {} };
});
