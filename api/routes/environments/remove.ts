import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { force } from "#api/fields.ts";
import { audit } from "#api/middleware/audit.ts";
import { findEnvironment } from "#api/references.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { environmentParams } from "./schema.ts";

export const removeEnvironment = endpoint({
  method: "delete",
  path: "/environments/{environment}",
  operationId: "removeEnvironment",
  tag: "Environments",
  summary: "Delete an environment",
  description:
    "Deletes its variables, secrets, deployments and runs with it. Refused while deployments are live in it, unless `force=true`.",
  scope: "environments:manage",
  action: "environment.delete",
  params: environmentParams,
  query: z.strictObject({ force }),
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const { id, slug } = await findEnvironment(sql, caller, params.environment);
    const live = await sql<{ slug: string }[]>`
        select w.slug from deployments d
        join workflows w on w.organization_id = d.organization_id and w.id = d.workflow_id
        where d.organization_id = ${caller.organizationId} and d.environment_id = ${id} and d.live limit 10`;
    if (live.length > 0 && !query.force) {
      throw new ConflictError(
        `Workflows are live in the environment "${slug}": ${live.map((row) => row.slug).join(", ")}. Delete it anyway with ?force=true.`,
      );
    }
    await sql`delete from environments where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug, force: query.force } });
  });
  return { status: 204, body: null };
});
