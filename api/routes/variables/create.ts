import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { findEnvironment } from "#api/references.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { createVariableBody, showVariable, variableSchema, variablesParams } from "./schema.ts";
import type { VariableRow } from "./schema.ts";

export const createVariable = endpoint({
  method: "post",
  path: "/environments/{environment}/variables",
  operationId: "createVariable",
  tag: "Variables",
  summary: "Create a variable",
  scope: "variables:manage",
  action: "variable.create",
  idempotent: true,
  params: variablesParams,
  body: createVariableBody,
  bodyExample: { name: "GRACE_DAYS", value: "30" },
  answers: { 201: { description: "The new variable.", schema: variableSchema } },
}).handledBy(async (call) => {
  const { caller, params, body } = call;
  const id = newId();
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const environment = await findEnvironment(sql, caller, params.environment);
      const [row] = await sql<[VariableRow]>`
          insert into variables (id, organization_id, environment_id, name, value)
          values (${id}, ${caller.organizationId}, ${environment.id}, ${body.name}, ${body.value})
          returning id, name, value, created_at, updated_at`;
      await audit(sql, call, { resourceId: id, details: { name: body.name, environment: environment.slug } });
      return showVariable(row, environment);
    },
    find: async (sql, earlier) => {
      const environment = await findEnvironment(sql, caller, params.environment);
      const [row] = await sql<VariableRow[]>`
          select id, name, value, created_at, updated_at from variables
          where organization_id = ${caller.organizationId} and id = ${earlier}`;
      if (row === undefined) {
        throw new NotFoundError("variable", earlier);
      }
      return showVariable(row, environment);
    },
  });
  return { status: 201, body: value, headers: replayed ? REPLAYED : {} };
});
