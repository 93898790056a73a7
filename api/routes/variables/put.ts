import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { putVariableBody, showVariable, variableParams, variableSchema } from "./schema.ts";
import type { VariableRow } from "./schema.ts";

export const putVariable = endpoint({
  method: "put",
  path: "/environments/{environment}/variables/{name}",
  operationId: "putVariable",
  tag: "Variables",
  summary: "Set a variable",
  description: "Creates it where it does not exist.",
  scope: "variables:manage",
  action: "variable.update",
  params: variableParams,
  body: putVariableBody,
  bodyExample: { value: "45" },
  answers: {
    200: { description: "The variable as it is now.", schema: variableSchema },
    201: { description: "The variable did not exist and was created.", schema: variableSchema },
  },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  const id = newId();
  const variable = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environment = await findEnvironment(sql, caller, params.environment);
    const [row] = await sql<[VariableRow]>`
        insert into variables (id, organization_id, environment_id, name, value)
        values (${id}, ${caller.organizationId}, ${environment.id}, ${params.name}, ${body.value})
        on conflict (organization_id, environment_id, name) do update
          set value = excluded.value, updated_at = now()
        returning id, name, value, created_at, updated_at`;
    await audit(sql, call, {
      resourceId: row.id,
      details: { name: params.name, environment: environment.slug },
    });
    return showVariable(row, environment);
  });
  return { status: variable.id === id ? 201 : 200, body: variable };
});
