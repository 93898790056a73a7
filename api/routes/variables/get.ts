import { endpoint } from "#api/endpoint.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { showVariable, variableParams, variableSchema } from "./schema.ts";
import type { VariableRow } from "./schema.ts";

export const getVariable = endpoint({
  method: "get",
  path: "/environments/{environment}/variables/{name}",
  operationId: "getVariable",
  tag: "Variables",
  summary: "Read a variable",
  scope: "variables:read",
  action: "variable.read",
  params: variableParams,
  answers: { 200: { description: "The variable.", schema: variableSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environment = await findEnvironment(sql, caller, params.environment);
    const [row] = await sql<VariableRow[]>`
        select id, name, value, created_at, updated_at from variables
        where organization_id = ${caller.organizationId} and environment_id = ${environment.id}
          and name = ${params.name}`;
    if (row === undefined) {
      throw new NotFoundError("variable", params.name);
    }
    return showVariable(row, environment);
  });
  return { status: 200, body };
});
