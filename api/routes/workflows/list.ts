import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { showWorkflow, workflowColumns, workflowPage, workflowsQuery } from "./schema.ts";
import type { WorkflowRow } from "./schema.ts";

export const listWorkflows = endpoint({
  method: "get",
  path: "/workflows",
  operationId: "listWorkflows",
  tag: "Workflows",
  summary: "List workflows",
  scope: "workflows:read",
  action: "workflow.list",
  query: workflowsQuery,
  answers: { 200: { description: "A page of workflows.", schema: workflowPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor, status } }) => {
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    async (sql) => sql<WorkflowRow[]>`
        select ${workflowColumns(sql)} from workflows
        where workflows.organization_id = ${caller.organizationId}
          ${status === undefined ? sql`` : sql`and workflows.status = ${status}`}
          ${cursor === undefined ? sql`` : sql`and workflows.id < ${cursor}`}
        order by workflows.id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showWorkflow) };
});
