import type { Caller } from "#api/caller.ts";
import { endpoint } from "#api/endpoint.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { environmentParams, environmentSchema, showEnvironment } from "./schema.ts";
import type { EnvironmentRow } from "./schema.ts";

export const getEnvironment = endpoint({
  method: "get",
  path: "/environments/{environment}",
  operationId: "getEnvironment",
  tag: "Environments",
  summary: "Read an environment",
  scope: "environments:read",
  action: "environment.read",
  params: environmentParams,
  answers: { 200: { description: "The environment.", schema: environmentSchema } },
}).handledBy(async ({ parts, caller, params }) => {
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id } = await findEnvironment(sql, caller, params.environment);
    return readEnvironment(sql, caller, id);
  });
  return { status: 200, body: showEnvironment(row) };
});

/** Reads one environment by id. */
export async function readEnvironment(sql: TenantSql, caller: Caller, id: string): Promise<EnvironmentRow> {
  const [row] = await sql<EnvironmentRow[]>`
    select id, slug, name, production, created_at, updated_at from environments
    where organization_id = ${caller.organizationId} and id = ${id}`;
  if (row === undefined) {
    throw new NotFoundError("environment", id);
  }
  return row;
}
