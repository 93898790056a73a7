import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { newId } from "#runtime/ids.ts";
import { createWorkflowBody, readWorkflow, showWorkflow, workflowColumns, workflowSchema } from "./schema.ts";
import type { WorkflowRow } from "./schema.ts";

export const createWorkflow = endpoint({
  method: "post",
  path: "/workflows",
  operationId: "createWorkflow",
  tag: "Workflows",
  summary: "Create a workflow",
  description: "It has no code yet: publish a version, then deploy it.",
  scope: "workflows:create",
  action: "workflow.create",
  idempotent: true,
  body: createWorkflowBody,
  bodyExample: { slug: "sync-invoices", name: "Sync invoices" },
  answers: { 201: { description: "The new workflow.", schema: workflowSchema } },
}).handledBy(async (call) => {
  const { caller, body } = call;
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const [row] = await sql<[WorkflowRow]>`
          insert into workflows (id, organization_id, slug, name, description)
          values (${id}, ${caller.organizationId}, ${body.slug}, ${body.name ?? body.slug}, ${body.description})
          returning ${workflowColumns(sql)}`;
      await audit(sql, call, { resourceId: id, details: { slug: body.slug } });
      return row;
    },
    find: (sql, earlier) => readWorkflow(sql, caller, earlier),
  });
  return { status: 201, body: showWorkflow(value), headers: replayed ? REPLAYED : {} };
});
