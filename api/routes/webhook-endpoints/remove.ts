import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { readWebhookEndpoint, requireEvents, webhookEndpointParams } from "./schema.ts";

export const removeWebhookEndpoint = endpoint({
  method: "delete",
  path: "/webhook-endpoints/{endpoint}",
  operationId: "removeWebhookEndpoint",
  tag: "Webhooks",
  summary: "Delete a webhook endpoint",
  description: "With everything that was waiting for it.",
  scope: "webhooks:manage",
  action: "webhook-endpoint.delete",
  params: webhookEndpointParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    const { id, url } = await readWebhookEndpoint(sql, caller, params.endpoint);
    await sql`delete from webhook_endpoints where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { host: new URL(url).host } });
  });
  return { status: 204, body: null };
});
