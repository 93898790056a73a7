import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { deliveryParams, deliverySchema, readDelivery, requireEvents, showDelivery } from "./schema.ts";

export const redeliverWebhook = endpoint({
  method: "post",
  path: "/webhook-endpoints/{endpoint}/deliveries/{delivery}/redeliver",
  operationId: "redeliverWebhook",
  tag: "Webhooks",
  summary: "Send a delivery again",
  description: "From the beginning, whatever came of it before. The message keeps its id.",
  scope: "webhooks:manage",
  action: "webhook-delivery.redeliver",
  params: deliveryParams,
  answers: { 202: { description: "It will be sent at once.", schema: deliverySchema } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    const { id } = await readDelivery(sql, caller, params);
    // One that is being sent right now keeps its lease: its worker writes what came of it first.
    await sql`
      update webhook_deliveries set status = 'pending', attempts = 0, due_at = now(), finished_at = null
      where organization_id = ${caller.organizationId} and id = ${id}
        and (status <> 'pending' or lease_token is null)`;
    await audit(sql, call, { resourceId: id });
    return readDelivery(sql, caller, params);
  });
  return { status: 202, body: showDelivery(row) };
});
