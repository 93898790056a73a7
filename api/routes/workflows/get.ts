import { endpoint } from "#api/endpoint.ts";
import { findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { readWorkflow, showWorkflow, workflowParams, workflowSchema } from "./schema.ts";

export const getWorkflow = endpoint({
  method: "get",
  path: "/workflows/{workflow}",
  operationId: "getWorkflow",
  tag: "Workflows",
  summary: "Read a workflow",
  scope: "workflows:read",
  action: "workflow.read",
  params: workflowParams,
  answers: { 200: { description: "The workflow.", schema: workflowSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id } = await findWorkflow(sql, caller, params.workflow);
    return readWorkflow(sql, caller, id);
  });
  return { status: 200, body: showWorkflow(row) };
});
