import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import {
  readWebhookEndpoint,
  requireEvents,
  requireTarget,
  showWebhookEndpoint,
  updateWebhookEndpointBody,
  webhookEndpointColumns,
  webhookEndpointParams,
  webhookEndpointSchema,
} from "./schema.ts";
import type { WebhookEndpointRow } from "./schema.ts";

export const updateWebhookEndpoint = endpoint({
  method: "patch",
  path: "/webhook-endpoints/{endpoint}",
  operationId: "updateWebhookEndpoint",
  tag: "Webhooks",
  summary: "Change a webhook endpoint",
  description:
    "What is not sent stays as it is. A disabled endpoint gets nothing; what is waiting for it fails.",
  scope: "webhooks:manage",
  action: "webhook-endpoint.update",
  params: webhookEndpointParams,
  body: updateWebhookEndpointBody,
  bodyExample: { enabled: false },
  answers: { 200: { description: "The endpoint as it is now.", schema: webhookEndpointSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  if (body.url !== undefined) {
    requireTarget(body.url, parts.config.egressAllow);
  }
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    const { id } = await readWebhookEndpoint(sql, caller, params.endpoint);
    const [changed] = await sql<WebhookEndpointRow[]>`
      update webhook_endpoints set url = ${body.url ?? sql`url`}, description = ${body.description ?? sql`description`},
        events = ${body.events ?? sql`events`}, enabled = ${body.enabled ?? sql`enabled`}, updated_at = now()
      where organization_id = ${caller.organizationId} and id = ${id}
      returning ${webhookEndpointColumns(sql)}`;
    if (changed === undefined) {
      throw new NotFoundError("webhook endpoint", params.endpoint);
    }
    await audit(sql, call, { resourceId: id, details: { fields: Object.keys(body) } });
    return changed;
  });
  return { status: 200, body: showWebhookEndpoint(row) };
});
