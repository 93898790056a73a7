import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { environmentPage, environmentQuery, showEnvironment } from "./schema.ts";
import type { EnvironmentRow } from "./schema.ts";

export const listEnvironments = endpoint({
  method: "get",
  path: "/environments",
  operationId: "listEnvironments",
  tag: "Environments",
  summary: "List environments",
  scope: "environments:read",
  action: "environment.list",
  query: environmentQuery,
  answers: { 200: { description: "A page of environments.", schema: environmentPage } },
}).handledBy(async ({ parts, caller, query: { limit, cursor } }) => {
  const rows = await asOrganization(
    parts.database,
    caller.organizationId,
    (sql) => sql<EnvironmentRow[]>`
        select id, slug, name, production, created_at, updated_at from environments
        where organization_id = ${caller.organizationId} ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`,
  );
  return { status: 200, body: toPage(rows, limit, showEnvironment) };
});
