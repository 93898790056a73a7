import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { id, instant } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";

export const eventSchema = z
  .object({
    id: id.openapi({ description: "The `webhook-id` of its messages." }),
    type: z.string().openapi({ example: "connection.reauthorize" }),
    data: z.unknown(),
    createdAt: instant,
  })
  .openapi("Event");

export const eventPage = pageOf(eventSchema);
export const eventsQuery = z.strictObject({
  type: z.string().min(1).max(100).optional().openapi({ example: "connection.reauthorize" }),
  ...pageQuery,
});
export const eventParams = z.strictObject({
  event: z.string().max(200).openapi({ description: "Id of the event." }),
});

/** A row of the table. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly createdAt: Date;
}

/**
 * Whether a key may see an event of the table. Without production a test key sees all; with it, those of environments
 * that are there and are none. What names no environment, or one that is gone, may tell of production.
 */
export function isReachable(sql: TenantSql, { kind, organizationId }: Caller) {
  return kind === "live"
    ? sql`true`
    : sql`(
        not exists (select 1 from environments e where e.organization_id = ${organizationId} and e.production)
        or exists (
          select 1 from environments e
          where e.organization_id = ${organizationId} and e.id::text = events.data ->> 'environmentId'
            and not e.production))`;
}

/** The row as the API shows it. */
export function showEvent({ id: eventId, type, data, createdAt }: EventRow): z.input<typeof eventSchema> {
  return { id: eventId, type, data, createdAt: createdAt.toISOString() };
}
