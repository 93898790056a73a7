import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { apiKeyParams, apiKeySchema, readApiKey, showApiKey } from "./schema.ts";

export const getApiKey = endpoint({
  method: "get",
  path: "/api-keys/{id}",
  operationId: "getApiKey",
  tag: "API keys",
  summary: "Read an API key",
  scope: "api-keys:read",
  action: "api-key.read",
  params: apiKeyParams,
  answers: { 200: { description: "What is known of the key.", schema: apiKeySchema } },
}).handledBy(async ({ parts, caller: { organizationId }, params }) => {
  const row = await asOrganization(parts.database, organizationId, (sql) =>
    readApiKey(sql, organizationId, params.id),
  );
  return { status: 200, body: showApiKey(row) };
});
