import { z } from "@hono/zod-openapi";
import { id, instant, mention, reference } from "#api/fields.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";

export const deploymentSchema = z
  .object({
    id,
    workflow: mention,
    environment: mention,
    version: z.int(),
    live: z.boolean(),
    createdBy: id.nullable().openapi({ description: "The API key that deployed it." }),
    createdAt: instant,
    endedAt: instant
      .nullable()
      .openapi({ description: "When another version took its place; null while it is live." }),
  })
  .openapi("Deployment", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      workflow: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e78", slug: "sync-invoices" },
      environment: { id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e79", slug: "staging" },
      version: 3,
      live: true,
      createdBy: null,
      createdAt: "2026-11-22T09:30:00.000Z",
      endedAt: null,
    },
  });

export const deploymentPage = pageOf(deploymentSchema);
export const workflowDeploymentsParams = z.strictObject({ workflow: reference("workflow", "sync-invoices") });

const live = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .optional()
  .openapi({ type: "boolean", description: "Only those that are live, or only those that are not." });

export const workflowDeploymentsQuery = z.strictObject({
  environment: reference("environment", "staging").optional(),
  live,
  ...pageQuery,
});
export const deploymentsQuery = workflowDeploymentsQuery.extend({
  workflow: reference("workflow", "sync-invoices").optional(),
});

export const createDeploymentBody = z.strictObject({
  environment: reference("environment", "staging"),
  version: z
    .union([z.int().min(1), z.string().min(1).max(100)], {
      error: "must be the number or the id of a version",
    })
    .openapi({ description: "Number or id of the version. An older one rolls back.", example: 3 }),
});

/** A row of the tables, as it is read for an answer. */
export interface DeploymentRow {
  readonly id: string;
  readonly workflow: { id: string; slug: string };
  readonly environment: { id: string; slug: string };
  readonly version: number;
  readonly live: boolean;
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** Selects `DeploymentRow`s; `d` is the deployment, `e` its environment. */
export function selectDeployments(sql: TenantSql) {
  return sql`
    select d.id, jsonb_build_object('id', w.id, 'slug', w.slug) as workflow,
      jsonb_build_object('id', e.id, 'slug', e.slug) as environment,
      v.number as version, d.live, d.created_by, d.created_at, d.ended_at
    from deployments d
    join workflows w on w.organization_id = d.organization_id and w.id = d.workflow_id
    join environments e on e.organization_id = d.organization_id and e.id = d.environment_id
    join versions v on v.organization_id = d.organization_id and v.id = d.version_id`;
}

/** The row as the API shows it. */
export function showDeployment(row: DeploymentRow): z.input<typeof deploymentSchema> {
  return { ...row, createdAt: row.createdAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null };
}
