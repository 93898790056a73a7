import type { z } from "@hono/zod-openapi";
import type { Caller } from "#api/caller.ts";
import { toPage } from "#api/page.ts";
import { findEnvironment, findWorkflow } from "#api/references.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { selectDeployments, showDeployment } from "./schema.ts";
import type { DeploymentRow, deploymentPage, deploymentsQuery } from "./schema.ts";

/** A page of deployments, newest first. A test key sees none of production. */
export async function queryDeployments(
  sql: TenantSql,
  caller: Caller,
  filters: z.output<typeof deploymentsQuery>,
): Promise<z.input<typeof deploymentPage>> {
  const { workflow, environment, live, cursor, limit } = filters;
  const workflowId = workflow === undefined ? null : (await findWorkflow(sql, caller, workflow)).id;
  const environmentId =
    environment === undefined ? null : (await findEnvironment(sql, caller, environment)).id;
  const rows = await sql<DeploymentRow[]>`
    ${selectDeployments(sql)}
    where d.organization_id = ${caller.organizationId}
      ${workflowId === null ? sql`` : sql`and d.workflow_id = ${workflowId}`}
      ${environmentId === null ? sql`` : sql`and d.environment_id = ${environmentId}`}
      ${live === undefined ? sql`` : sql`and d.live = ${live}`}
      ${caller.kind === "test" ? sql`and not e.production` : sql``}
      ${cursor === undefined ? sql`` : sql`and d.id < ${cursor}`}
    order by d.id desc limit ${limit + 1}`;
  return toPage(rows, limit, showDeployment);
}
