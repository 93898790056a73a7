import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { showVersionSummary, versionPage, versionsParams, versionsQuery } from "./schema.ts";
import type { VersionRow } from "./schema.ts";

export const listVersions = endpoint({
  method: "get",
  path: "/workflows/{workflow}/versions",
  operationId: "listVersions",
  tag: "Versions",
  summary: "List the versions of a workflow",
  scope: "workflows:read",
  action: "version.list",
  params: versionsParams,
  query: versionsQuery,
  answers: { 200: { description: "A page of versions.", schema: versionPage } },
}).handledBy(async ({ parts, caller, params, query: { limit, cursor } }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const workflow = await findWorkflow(sql, caller, params.workflow);
    const rows = await sql<VersionRow[]>`
        select id, number, bundle_hash as hash, manifest, created_by, created_at from versions
        where organization_id = ${caller.organizationId} and workflow_id = ${workflow.id}
          ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`;
    return toPage(rows, limit, (row) => showVersionSummary(row, workflow));
  });
  return { status: 200, body };
});
