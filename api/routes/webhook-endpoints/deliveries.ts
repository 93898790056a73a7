import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import {
  deliveriesQuery,
  deliveryPage,
  readWebhookEndpoint,
  requireEvents,
  selectDeliveries,
  showDelivery,
  webhookEndpointParams,
} from "./schema.ts";
import type { DeliveryRow } from "./schema.ts";

export const listWebhookDeliveries = endpoint({
  method: "get",
  path: "/webhook-endpoints/{endpoint}/deliveries",
  operationId: "listWebhookDeliveries",
  tag: "Webhooks",
  summary: "List what was sent, and what waits",
  scope: "webhooks:read",
  action: "webhook-delivery.list",
  params: webhookEndpointParams,
  query: deliveriesQuery,
  answers: { 200: { description: "A page of deliveries.", schema: deliveryPage } },
}).handledBy(async ({ parts, caller, params, query: { limit, cursor, status } }) => {
  const rows = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    await requireEvents(sql, caller);
    const { id } = await readWebhookEndpoint(sql, caller, params.endpoint);
    return sql<DeliveryRow[]>`
      ${selectDeliveries(sql)}
      where d.organization_id = ${caller.organizationId} and d.endpoint_id = ${id}
        ${status === undefined ? sql`` : sql`and d.status = ${status}`}
        ${cursor === undefined ? sql`` : sql`and d.id < ${cursor}`}
      order by d.id desc limit ${limit + 1}`;
  });
  return { status: 200, body: toPage(rows, limit, showDelivery) };
});
