import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { seal } from "#runtime/vault/seal.ts";
import { makeWebhookSecret, secretPlace } from "#runtime/webhooks/secret.ts";
import type { EndpointSecrets } from "#runtime/webhooks/secret.ts";
import {
  createWebhookEndpointBody,
  newWebhookEndpointSchema,
  readWebhookEndpoint,
  requireEvents,
  requireTarget,
  showWebhookEndpoint,
  webhookEndpointColumns,
} from "./schema.ts";
import type { WebhookEndpointRow } from "./schema.ts";

export const createWebhookEndpoint = endpoint({
  method: "post",
  path: "/webhook-endpoints",
  operationId: "createWebhookEndpoint",
  tag: "Webhooks",
  summary: "Create a webhook endpoint",
  description:
    "Each event is sent to it by POST, at least once, for a day until it answers 200 to 299. Verify the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` with any Standard Webhooks library. An organization has at most 100.",
  scope: "webhooks:manage",
  action: "webhook-endpoint.create",
  idempotent: true,
  body: createWebhookEndpointBody,
  bodyExample: { url: "https://hooks.example.com/tenon", events: ["connection.reauthorize"] },
  answers: {
    201: { description: "The new endpoint; `secret` is shown this once.", schema: newWebhookEndpointSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, body } = call;
  const { organizationId } = caller;
  requireTarget(body.url, parts.config.egressAllow);
  const id = newId();
  const secret = makeWebhookSecret();
  const secrets: EndpointSecrets = { current: secret, previous: null };
  const sealed = await seal(parts.keyring, secretPlace(organizationId, id, 1), JSON.stringify(secrets));
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      await requireEvents(sql, caller);
      await requireRoom(sql, organizationId);
      const [row] = await sql<[WebhookEndpointRow]>`
        insert into webhook_endpoints (id, organization_id, url, description, events, secret_sealed)
        values (${id}, ${organizationId}, ${body.url}, ${body.description}, ${[...new Set(body.events)]}, ${sealed})
        returning ${webhookEndpointColumns(sql)}`;
      // The URL may hold a secret of the receiver: only its host is written down.
      await audit(sql, call, {
        resourceId: id,
        details: { host: new URL(body.url).host, events: body.events },
      });
      return row;
    },
    find: (sql, earlier) => readWebhookEndpoint(sql, caller, earlier),
  });
  const shown = showWebhookEndpoint(value);
  return replayed
    ? { status: 201, body: { ...shown, secret: null }, headers: REPLAYED }
    : { status: 201, body: { ...shown, secret } };
});

/** Whatever happens is written down once for each of them, in the transaction in which it happens. */
const MOST_ENDPOINTS = 100;

async function requireRoom(sql: TenantSql, organizationId: string): Promise<void> {
  const [made] = await sql<{ count: number }[]>`
    select count(*)::integer as count from webhook_endpoints where organization_id = ${organizationId}`;
  if ((made?.count ?? 0) >= MOST_ENDPOINTS) {
    throw new ConflictError(
      `The organization has ${String(MOST_ENDPOINTS)} webhook endpoints already; delete one that is not needed any more.`,
      { code: "TENON_WEBHOOK_ENDPOINTS_FULL" },
    );
  }
}
