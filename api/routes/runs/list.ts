import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findCustomer, findEnvironment, findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { listRuns } from "#runtime/runs/read.ts";
import { runPage, runsQuery, showRunSummary } from "./schema.ts";

export const listAllRuns = endpoint({
  method: "get",
  path: "/runs",
  operationId: "listRuns",
  tag: "Runs",
  summary: "List runs",
  description: "Without their inputs and results. A page for a test key leaves out the runs of production.",
  scope: "runs:read",
  action: "run.list",
  query: runsQuery,
  answers: { 200: { description: "A page of runs.", schema: runPage } },
}).handledBy(async ({ parts, caller, query }) => {
  const { organizationId } = caller;
  const { workflow, environment, customer, status, createdAfter, createdBefore, cursor, limit } = query;
  const named = await asOrganization(parts.database, organizationId, async (sql) => ({
    ...(workflow !== undefined && { workflowId: (await findWorkflow(sql, caller, workflow)).id }),
    ...(environment !== undefined && { environmentId: (await findEnvironment(sql, caller, environment)).id }),
    ...(customer !== undefined && { customerId: (await findCustomer(sql, caller, customer)).id }),
  }));
  const filters = {
    ...named,
    ...(status !== undefined && { status }),
    ...(createdAfter !== undefined && { createdAfter }),
    ...(createdBefore !== undefined && { createdBefore }),
  };
  const runs = await listRuns(parts.database, {
    organizationId,
    filters,
    cursor: cursor ?? null,
    limit: limit + 1,
  });
  const { data, nextCursor } = toPage(runs, limit, (run) => run);
  const visible = caller.kind === "test" ? data.filter((run) => !run.environment.production) : data;
  return { status: 200, body: { data: visible.map(showRunSummary), nextCursor } };
});
