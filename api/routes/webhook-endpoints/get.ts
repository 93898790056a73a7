import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import {
  readWebhookEndpoint,
  requireEvents,
  showWebhookEndpoint,
  webhookEndpointParams,
  webhookEndpointSchema,
} from "./schema.ts";

export const getWebhookEndpoint = endpoint({
  method: "get",
  path: "/webhook-endpoints/{endpoint}",
  operationId: "getWebhookEndpoint",
  tag: "Webhooks",
  summary: "Read a webhook endpoint",
  scope: "webhooks:read",
  action: "webhook-endpoint.read",
  params: webhookEndpointParams,
  answers: { 200: { description: "The endpoint, without its secret.", schema: webhookEndpointSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    return readWebhookEndpoint(sql, caller, params.endpoint);
  });
  return { status: 200, body: showWebhookEndpoint(row) };
});
