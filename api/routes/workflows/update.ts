import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import {
  requireWorkflowReach,
  showWorkflow,
  updateWorkflowBody,
  workflowColumns,
  workflowParams,
  workflowSchema,
} from "./schema.ts";
import type { WorkflowRow } from "./schema.ts";

export const updateWorkflow = endpoint({
  method: "patch",
  path: "/workflows/{workflow}",
  operationId: "updateWorkflow",
  tag: "Workflows",
  summary: "Change a workflow",
  description: "Fields that are not sent stay as they are. The slug never changes.",
  scope: "workflows:update",
  action: "workflow.update",
  params: workflowParams,
  body: updateWorkflowBody,
  bodyExample: { status: "inactive" },
  answers: { 200: { description: "The workflow as it is now.", schema: workflowSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const workflow = await findWorkflow(sql, caller, params.workflow);
    if (body.status !== undefined) {
      await requireWorkflowReach(sql, caller, workflow);
    }
    const [changed] = await sql<WorkflowRow[]>`
        update workflows set
          name = ${body.name ?? sql`name`},
          description = ${body.description ?? sql`description`},
          status = ${body.status ?? sql`status`},
          updated_at = now()
        where workflows.organization_id = ${caller.organizationId} and workflows.id = ${workflow.id}
        returning ${workflowColumns(sql)}`;
    if (changed === undefined) {
      throw new NotFoundError("workflow", params.workflow);
    }
    await audit(sql, call, {
      resourceId: workflow.id,
      details: { slug: workflow.slug, fields: Object.keys(body), status: changed.status },
    });
    return changed;
  });
  return { status: 200, body: showWorkflow(row) };
});
