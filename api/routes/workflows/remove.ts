import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { force } from "#api/fields.ts";
import { audit } from "#api/middleware/audit.ts";
import { findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { requireWorkflowReach, workflowParams } from "./schema.ts";

export const removeWorkflow = endpoint({
  method: "delete",
  path: "/workflows/{workflow}",
  operationId: "removeWorkflow",
  tag: "Workflows",
  summary: "Delete a workflow",
  description:
    "Deletes its versions, deployments and runs with it. Refused while it is live in an environment, unless `force=true`.",
  scope: "workflows:delete",
  action: "workflow.delete",
  params: workflowParams,
  query: z.strictObject({ force }),
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const workflow = await findWorkflow(sql, caller, params.workflow);
    const live = await requireWorkflowReach(sql, caller, workflow);
    if (live.length > 0 && !query.force) {
      throw new ConflictError(
        `The workflow "${workflow.slug}" is live in ${live.join(", ")}. Delete it anyway with ?force=true.`,
      );
    }
    await sql`delete from workflows where organization_id = ${caller.organizationId} and id = ${workflow.id}`;
    await audit(sql, call, { resourceId: workflow.id, details: { slug: workflow.slug, force: query.force } });
  });
  return { status: 204, body: null };
});
