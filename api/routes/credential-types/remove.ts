import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { credentialTypeParams } from "./schema.ts";
import { lockType } from "./update.ts";

export const removeCredentialType = endpoint({
  method: "delete",
  path: "/credential-types/{type}",
  operationId: "removeCredentialType",
  tag: "Credential types",
  summary: "Delete an own credential type",
  scope: "connectors:manage",
  action: "credential_type.delete",
  params: credentialTypeParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  await asOrganization(parts.database, organizationId, async (sql) => {
    const { id } = await lockType(sql, organizationId, params.type);
    await sql`delete from credential_types where organization_id = ${organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug: params.type } });
  });
  return { status: 204, body: null };
});
