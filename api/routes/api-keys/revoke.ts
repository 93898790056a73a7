import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { apiKeyParams, readApiKey } from "./schema.ts";

export const revokeApiKey = endpoint({
  method: "delete",
  path: "/api-keys/{id}",
  operationId: "revokeApiKey",
  tag: "API keys",
  summary: "Revoke an API key",
  description: "At once and for ever. The key stays in the list, so that the audit trail keeps its name.",
  scope: "api-keys:manage",
  action: "api-key.revoke",
  params: apiKeyParams,
  answers: { 204: { description: "It is revoked.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const key = await readApiKey(sql, caller.organizationId, params.id);
    requireReach(caller, { production: key.kind === "live", what: "this is a live key" });
    if (key.revokedAt === null) {
      await sql`
          update api_keys set revoked_at = now()
          where organization_id = ${caller.organizationId} and id = ${key.id} and revoked_at is null`;
      await audit(sql, call, { resourceId: key.id, details: { name: key.name, kind: key.kind } });
    }
  });
  return { status: 204, body: null };
});
