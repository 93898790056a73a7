import { z } from "@hono/zod-openapi";
import { id, instant } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";

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

/** The row as the API shows it. */
export function showEvent({ id: eventId, type, data, createdAt }: EventRow): z.input<typeof eventSchema> {
  return { id: eventId, type, data, createdAt: createdAt.toISOString() };
}
