import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { currentSchema, readApiKey, showApiKey } from "./schema.ts";

export const getCurrentApiKey = endpoint({
  method: "get",
  path: "/api-keys/current",
  operationId: "getCurrentApiKey",
  tag: "API keys",
  summary: "Who am I",
  description: "The key that this request is sent with, and its organization.",
  scope: null,
  action: "api-key.read",
  answers: { 200: { description: "The organization and the key.", schema: currentSchema } },
}).handledBy(async ({ parts, caller: { organizationId, keyId, scopes } }) => {
  const body = await asOrganization(parts.database, organizationId, async (sql) => {
    const [organization] = await sql<{ id: string; name: string }[]>`
        select organization_id as id, name from organizations where organization_id = ${organizationId}`;
    if (organization === undefined) {
      throw new NotFoundError("organization", organizationId);
    }
    return {
      organization,
      key: showApiKey(await readApiKey(sql, organizationId, keyId)),
      scopes: [...scopes],
    };
  });
  return { status: 200, body };
});
