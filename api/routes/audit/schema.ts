import { z } from "@hono/zod-openapi";
import { id, instant, instantInput } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";

const outcome = z.enum(["success", "denied", "failed"]);

export const auditEventSchema = z
  .object({
    id,
    at: instant,
    actor: z.object({ type: z.enum(["api_key", "run", "system", "connect_session"]), id: id.nullable() }),
    action: z.string(),
    resource: z.object({ type: z.string(), id: z.string().nullable() }),
    outcome,
    sourceAddress: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).openapi({ description: "Never a value that was sent." }),
  })
  .openapi("AuditEvent", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      at: "2026-11-22T09:30:00.000Z",
      actor: { type: "api_key", id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78" },
      action: "secret.create",
      resource: { type: "secret", id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e79" },
      outcome: "success",
      sourceAddress: "203.0.113.7",
      requestId: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e7a",
      details: { name: "ERP_KEY", environment: "staging" },
    },
  });

export const auditPage = pageOf(auditEventSchema);

export const auditQuery = z.strictObject({
  action: z.string().max(100).optional().openapi({ example: "secret.create" }),
  actor: z.uuid({ error: "must be the id of an API key or run" }).optional(),
  resourceType: z.string().max(100).optional().openapi({ example: "secret" }),
  outcome: outcome.optional(),
  after: instantInput
    .optional()
    .openapi({ type: "string", format: "date-time", description: "At or after." }),
  before: instantInput.optional().openapi({ type: "string", format: "date-time", description: "Before." }),
  ...pageQuery,
});

/** A row of the table, as it is read for an answer. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actorType: "api_key" | "run" | "system" | "connect_session";
  readonly actorId: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly outcome: "success" | "denied" | "failed";
  readonly sourceAddress: string | null;
  readonly requestId: string | null;
  readonly details: Record<string, unknown>;
}

/** The row as the API shows it. */
export function showAuditEvent(row: AuditRow): z.input<typeof auditEventSchema> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actorType, id: row.actorId },
    action: row.action,
    resource: { type: row.resourceType, id: row.resourceId },
    outcome: row.outcome,
    sourceAddress: row.sourceAddress,
    requestId: row.requestId,
    details: row.details,
  };
}
