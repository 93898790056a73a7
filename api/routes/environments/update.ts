import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { environmentParams, environmentSchema, showEnvironment, updateEnvironmentBody } from "./schema.ts";
import type { EnvironmentRow } from "./schema.ts";

export const updateEnvironment = endpoint({
  method: "patch",
  path: "/environments/{environment}",
  operationId: "updateEnvironment",
  tag: "Environments",
  summary: "Change an environment",
  description: "Fields that are not sent stay as they are. The slug never changes.",
  scope: "environments:manage",
  action: "environment.update",
  params: environmentParams,
  body: updateEnvironmentBody,
  bodyExample: { name: "Production", production: true },
  answers: { 200: { description: "The environment as it is now.", schema: environmentSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, body } = call;
  requireReach(caller, {
    production: body.production === true,
    what: "the environment would become production",
  });
  const row = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id } = await findEnvironment(sql, caller, params.environment);
    const [changed] = await sql<EnvironmentRow[]>`
        update environments set
          name = coalesce(${body.name ?? null}, name),
          production = coalesce(${body.production ?? null}, production),
          updated_at = now()
        where organization_id = ${caller.organizationId} and id = ${id}
        returning id, slug, name, production, created_at, updated_at`;
    if (changed === undefined) {
      throw new NotFoundError("environment", params.environment);
    }
    await audit(sql, call, { resourceId: id, details: { fields: Object.keys(body) } });
    return changed;
  });
  return { status: 200, body: showEnvironment(row) };
});
