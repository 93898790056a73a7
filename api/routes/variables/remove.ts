import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { variableParams } from "./schema.ts";

export const removeVariable = endpoint({
  method: "delete",
  path: "/environments/{environment}/variables/{name}",
  operationId: "removeVariable",
  tag: "Variables",
  summary: "Delete a variable",
  scope: "variables:manage",
  action: "variable.delete",
  params: variableParams,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const environment = await findEnvironment(sql, caller, params.environment);
    const [row] = await sql<{ id: string }[]>`
        delete from variables
        where organization_id = ${caller.organizationId} and environment_id = ${environment.id}
          and name = ${params.name}
        returning id`;
    if (row === undefined) {
      throw new NotFoundError("variable", params.name);
    }
    await audit(sql, call, {
      resourceId: row.id,
      details: { name: params.name, environment: environment.slug },
    });
  });
  return { status: 204, body: null };
});
