import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import {
  requireEvents,
  showWebhookEndpoint,
  webhookEndpointColumns,
  webhookEndpointPage,
  webhookEndpointsQuery,
} from "./schema.ts";
import type { WebhookEndpointRow } from "./schema.ts";

export const listWebhookEndpoints = endpoint({
  method: "get",
  path: "/webhook-endpoints",
  operationId: "listWebhookEndpoints",
  tag: "Webhooks",
  summary: "List webhook endpoints",
  scope: "webhooks:read",
  action: "webhook-endpoint.list",
  query: webhookEndpointsQuery,
  answers: {
    200: { description: "A page of endpoints, without their secrets.", schema: webhookEndpointPage },
  },
}).handledBy(async ({ parts, caller, query: { limit, cursor } }) => {
  const rows = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    return sql<WebhookEndpointRow[]>`
      select ${webhookEndpointColumns(sql)} from webhook_endpoints
      where organization_id = ${caller.organizationId}
        ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
      order by id desc limit ${limit + 1}`;
  });
  return { status: 200, body: toPage(rows, limit, showWebhookEndpoint) };
});
