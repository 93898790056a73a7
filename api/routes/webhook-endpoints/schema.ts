import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { id, instant, isId } from "#api/fields.ts";
import { invalid } from "#api/middleware/parse.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { EVENT_TYPES } from "#runtime/webhooks/emit.ts";
import { targetFault } from "#runtime/webhooks/target.ts";

const url = z.string().min(1).max(2_000).openapi({
  description: "Where messages are sent by POST: https, a public address. Redirects are not followed.",
  example: "https://hooks.example.com/tenon",
});
const description = z.string().max(1_000);
const events = z
  .array(z.enum([...EVENT_TYPES, "*"]))
  .min(1)
  .max(50)
  .openapi({ description: "What it wants to hear of; `*`: everything, also what will be added." });

export const webhookEndpointSchema = z
  .object({
    id,
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("WebhookEndpoint");

export const newWebhookEndpointSchema = webhookEndpointSchema
  .extend({
    secret: z.string().nullable().openapi({
      description: "Verifies the signatures (Standard Webhooks). Shown this once; null when repeated.",
      example: "whsec_…",
    }),
  })
  .openapi("NewWebhookEndpoint");

export const deliverySchema = z
  .object({
    id,
    eventId: z.string(),
    type: z.string(),
    status: z.enum(["pending", "delivered", "failed"]),
    attempts: z.int(),
    dueAt: instant.nullable().openapi({ description: "When it is tried next; null: not any more." }),
    lastTry: z
      .object({
        status: z.int().nullable().openapi({ description: "The endpoint's answer; null: there was none." }),
        reason: z.string().nullable(),
        latencyMs: z.number(),
        at: instant,
      })
      .nullable(),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .openapi("WebhookDelivery");

export const webhookEndpointPage = pageOf(webhookEndpointSchema);
export const deliveryPage = pageOf(deliverySchema);
export const webhookEndpointsQuery = z.strictObject(pageQuery);
export const deliveriesQuery = z.strictObject({
  status: z.enum(["pending", "delivered", "failed"]).optional(),
  ...pageQuery,
});
export const webhookEndpointParams = z.strictObject({
  endpoint: z.string().max(200).openapi({ description: "Id of the webhook endpoint." }),
});
export const deliveryParams = webhookEndpointParams.extend({
  delivery: z.string().max(200).openapi({ description: "Id of the delivery." }),
});
export const createWebhookEndpointBody = z.strictObject({
  url,
  events: events.default(["*"]),
  description: description.default(""),
});
export const updateWebhookEndpointBody = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: description.optional(),
  enabled: z.boolean().optional(),
});

/** A row of the table, without its secret. */
export interface WebhookEndpointRow {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: string[];
  readonly enabled: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Selects the columns of a `WebhookEndpointRow`. */
export function webhookEndpointColumns(sql: TenantSql) {
  return sql`id, url, description, events, enabled, version, created_at, updated_at`;
}

/** Reads one endpoint. */
export async function readWebhookEndpoint(
  sql: TenantSql,
  { organizationId }: Caller,
  endpointId: string,
): Promise<WebhookEndpointRow> {
  const [row] = isId(endpointId)
    ? await sql<WebhookEndpointRow[]>`
        select ${webhookEndpointColumns(sql)} from webhook_endpoints
        where organization_id = ${organizationId} and id = ${endpointId}`
    : [];
  if (row === undefined) {
    throw new NotFoundError("webhook endpoint", endpointId);
  }
  return row;
}

/** An endpoint hears of all environments: a test key neither sees nor says where that goes, once one is production. */
export async function requireEvents(sql: TenantSql, caller: Caller): Promise<void> {
  if (caller.kind === "test") {
    const [production] = await sql`
      select 1 from environments where organization_id = ${caller.organizationId} and production limit 1`;
    requireReach(caller, { production: production !== undefined, what: "events tell of it too" });
  }
}

/** @throws InvalidError when messages may not go there. */
export function requireTarget(text: string, egressAllow: readonly string[]): void {
  const fault = targetFault(text, egressAllow);
  if (fault !== null) {
    throw invalid([{ path: "url", message: fault }]);
  }
}

/** The row as the API shows it. */
export function showWebhookEndpoint(row: WebhookEndpointRow): z.input<typeof webhookEndpointSchema> {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    enabled: row.enabled,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A row of the outbox with its event's type. */
export interface DeliveryRow {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly dueAt: Date;
  readonly lastTry: { status: number | null; reason: string | null; latencyMs: number; at: string } | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Selects `DeliveryRow`s; `d` is the delivery. */
export function selectDeliveries(sql: TenantSql) {
  return sql`
    select d.id, d.event_id, e.type, d.status, d.attempts, d.due_at, d.last_try, d.created_at, d.finished_at
    from webhook_deliveries d join events e on e.organization_id = d.organization_id and e.id = d.event_id`;
}

/** Reads one delivery of an endpoint. */
export async function readDelivery(
  sql: TenantSql,
  { organizationId }: Caller,
  { endpoint, delivery }: { readonly endpoint: string; readonly delivery: string },
): Promise<DeliveryRow> {
  const [row] =
    isId(endpoint) && isId(delivery)
      ? await sql<DeliveryRow[]>`
          ${selectDeliveries(sql)}
          where d.organization_id = ${organizationId} and d.endpoint_id = ${endpoint} and d.id = ${delivery}`
      : [];
  if (row === undefined) {
    throw new NotFoundError("webhook delivery", delivery);
  }
  return row;
}

/** The row as the API shows it. */
export function showDelivery(row: DeliveryRow): z.input<typeof deliverySchema> {
  return {
    id: row.id,
    eventId: row.eventId,
    type: row.type,
    status: row.status,
    attempts: row.attempts,
    dueAt: row.status === "pending" ? row.dueAt.toISOString() : null,
    lastTry: row.lastTry,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
