import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { apiKeyColumns, apiKeyPage, apiKeysQuery, showApiKey } from "./schema.ts";
import type { ApiKeyRow } from "./schema.ts";

export const listApiKeys = endpoint({
  method: "get",
  path: "/api-keys",
  operationId: "listApiKeys",
  tag: "API keys",
  summary: "List API keys",
  description: "Revoked and expired ones too.",
  scope: "api-keys:read",
  action: "api-key.list",
  query: apiKeysQuery,
  answers: { 200: { description: "A page of keys.", schema: apiKeyPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor } }) => {
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    async (sql) => sql<ApiKeyRow[]>`
        select ${apiKeyColumns(sql)} from api_keys
        where organization_id = ${caller.organizationId} ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showApiKey) };
});
