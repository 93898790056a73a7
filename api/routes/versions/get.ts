import { endpoint } from "#api/endpoint.ts";
import { findVersion, findWorkflow } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { readVersion, versionParams, versionQuery, versionSchema } from "./schema.ts";

export const getVersion = endpoint({
  method: "get",
  path: "/workflows/{workflow}/versions/{version}",
  operationId: "getVersion",
  tag: "Versions",
  summary: "Read a version",
  scope: "workflows:read",
  action: "version.read",
  params: versionParams,
  query: versionQuery,
  answers: { 200: { description: "The version with its manifest.", schema: versionSchema } },
}).handledBy(async ({ parts, caller, params, query }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const workflow = await findWorkflow(sql, caller, params.workflow);
    const { id } = await findVersion(sql, caller, workflow, params.version);
    const version = await readVersion(sql, caller, workflow, id);
    if (query.include === undefined) {
      return version;
    }
    const [bundle] = await sql<{ source: string | null }[]>`
        select source from bundles where organization_id = ${caller.organizationId} and hash = ${version.hash}`;
    return { ...version, source: bundle?.source ?? null };
  });
  return { status: 200, body };
});
