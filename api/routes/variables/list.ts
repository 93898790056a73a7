import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { showVariable, variablePage, variableQuery, variablesParams } from "./schema.ts";
import type { VariableRow } from "./schema.ts";

export const listVariables = endpoint({
  method: "get",
  path: "/environments/{environment}/variables",
  operationId: "listVariables",
  tag: "Variables",
  summary: "List the variables of an environment",
  scope: "variables:read",
  action: "variable.list",
  params: variablesParams,
  query: variableQuery,
  answers: { 200: { description: "A page of variables.", schema: variablePage } },
}).handledBy(async ({ parts, caller, params, query: { limit, cursor } }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environment = await findEnvironment(sql, caller, params.environment);
    const rows = await sql<VariableRow[]>`
        select id, name, value, created_at, updated_at from variables
        where organization_id = ${caller.organizationId} and environment_id = ${environment.id}
          ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`;
    return toPage(rows, limit, (row) => showVariable(row, environment));
  });
  return { status: 200, body };
});
