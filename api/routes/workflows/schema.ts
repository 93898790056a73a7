import { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { displayName, id, instant, reference, slug } from "#api/fields.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { pageOf, pageQuery } from "#api/page.ts";
import type { SlugReference } from "#api/references.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

const status = z
  .enum(["active", "inactive"])
  .openapi({ description: "An inactive workflow accepts no triggers." });
const description = z.string().max(2_000);

export const workflowSchema = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    status,
    latestVersion: z
      .int()
      .nullable()
      .openapi({ description: "Number of the newest version; null before the first." }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Workflow", {
    example: {
      id: "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77",
      slug: "sync-invoices",
      name: "Sync invoices",
      description: "",
      status: "active",
      latestVersion: 3,
      createdAt: "2026-11-22T09:30:00.000Z",
      updatedAt: "2026-11-22T09:30:00.000Z",
    },
  });

export const workflowPage = pageOf(workflowSchema);
export const workflowParams = z.strictObject({ workflow: reference("workflow", "sync-invoices") });
export const workflowsQuery = z.strictObject({ status: status.optional(), ...pageQuery });

export const createWorkflowBody = z.strictObject({
  slug,
  name: displayName.optional().openapi({ description: "Default: the slug." }),
  description: description.default(""),
});

export const updateWorkflowBody = z.strictObject({
  name: displayName.optional(),
  description: description.optional(),
  status: status.optional(),
});

/** A row of the table, as it is read for an answer. */
export interface WorkflowRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly status: "active" | "inactive";
  readonly latestVersion: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns of `WorkflowRow`, of the table `workflows`. */
export function workflowColumns(sql: TenantSql) {
  return sql`workflows.id, workflows.slug, workflows.name, workflows.description, workflows.status,
    workflows.created_at, workflows.updated_at,
    (select max(v.number) from versions v
     where v.organization_id = workflows.organization_id and v.workflow_id = workflows.id) as latest_version`;
}

/** The row as the API shows it. */
export function showWorkflow(row: WorkflowRow): z.input<typeof workflowSchema> {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

/** Reads one workflow by id. */
export async function readWorkflow(sql: TenantSql, caller: Caller, workflowId: string): Promise<WorkflowRow> {
  const [row] = await sql<WorkflowRow[]>`
    select ${workflowColumns(sql)} from workflows
    where workflows.organization_id = ${caller.organizationId} and workflows.id = ${workflowId}`;
  if (row === undefined) {
    throw new NotFoundError("workflow", workflowId);
  }
  return row;
}

/** Where a workflow is live; refuses a test key where one of these is production. */
export async function requireWorkflowReach(
  sql: TenantSql,
  caller: Caller,
  workflow: SlugReference,
): Promise<readonly string[]> {
  const live = await sql<{ slug: string; production: boolean }[]>`
    select e.slug, e.production from deployments d
    join environments e on e.organization_id = d.organization_id and e.id = d.environment_id
    where d.organization_id = ${caller.organizationId} and d.workflow_id = ${workflow.id} and d.live`;
  requireReach(caller, {
    production: live.some((environment) => environment.production),
    what: `the workflow "${workflow.slug}" is live there`,
  });
  return live.map((environment) => environment.slug);
}
