import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { emitTestEvent } from "#runtime/webhooks/emit.ts";
import {
  deliverySchema,
  readDelivery,
  readWebhookEndpoint,
  requireEvents,
  showDelivery,
  webhookEndpointParams,
} from "./schema.ts";

export const testWebhookEndpoint = endpoint({
  method: "post",
  path: "/webhook-endpoints/{endpoint}/test",
  operationId: "testWebhookEndpoint",
  tag: "Webhooks",
  summary: "Send a test event",
  description: "An event `webhook.test`, to this endpoint only, whatever it wants to hear of.",
  scope: "webhooks:manage",
  action: "webhook-endpoint.test",
  params: webhookEndpointParams,
  answers: {
    202: { description: "It will be sent at once: look at this delivery.", schema: deliverySchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    const { id } = await readWebhookEndpoint(sql, caller, params.endpoint);
    const delivery = await emitTestEvent(sql, { organizationId: caller.organizationId, endpointId: id });
    await audit(sql, call, { resourceId: id });
    return readDelivery(sql, caller, { endpoint: id, delivery });
  });
  return { status: 202, body: showDelivery(row) };
});
