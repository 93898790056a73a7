import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { rotateWebhookSecret } from "#runtime/webhooks/rotate.ts";
import {
  newWebhookEndpointSchema,
  readWebhookEndpoint,
  requireEvents,
  showWebhookEndpoint,
  webhookEndpointParams,
} from "./schema.ts";

export const rotateWebhookEndpoint = endpoint({
  method: "post",
  path: "/webhook-endpoints/{endpoint}/rotate",
  operationId: "rotateWebhookEndpoint",
  tag: "Webhooks",
  summary: "Give a webhook endpoint a new secret",
  description: "For 24 hours messages are signed with the old one too, so that nothing is lost in between.",
  scope: "webhooks:manage",
  action: "webhook-endpoint.rotate",
  params: webhookEndpointParams,
  answers: {
    200: { description: "The endpoint; `secret` is shown this once.", schema: newWebhookEndpointSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const { organizationId } = caller;
  const { id } = await asOrganization(parts.database, organizationId, async (sql) => {
    await requireEvents(sql, caller);
    return readWebhookEndpoint(sql, caller, params.endpoint);
  });
  const secret = await rotateWebhookSecret(parts, { organizationId, endpointId: id }, (sql) =>
    audit(sql, call, { resourceId: id }),
  );
  const row = await asOrganization(parts.database, organizationId, (sql) =>
    readWebhookEndpoint(sql, caller, id),
  );
  return { status: 200, body: { ...showWebhookEndpoint(row), secret } };
});
