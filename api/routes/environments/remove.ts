import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import { force } from "#api/fields.ts";
import { audit } from "#api/middleware/audit.ts";
import { findEnvironment } from "#api/references.ts";
import { actorOf } from "#api/routes/connections/find.ts";
import { findIrrevocable, removeConnections } from "#runtime/connections/remove-connections.ts";
import { afterDeadlocks } from "#runtime/db/after-deadlocks.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { environmentParams } from "./schema.ts";

export const removeEnvironment = endpoint({
  method: "delete",
  path: "/environments/{environment}",
  operationId: "removeEnvironment",
  tag: "Environments",
  summary: "Delete an environment",
  description:
    "Deletes its variables, secrets, connections, OAuth apps, deployments and runs with it. Shortly after, the tokens of its connections are ended at their providers, where these can be asked to. Refused while deployments are live in it, unless `force=true`.",
  scope: "environments:manage",
  action: "environment.delete",
  params: environmentParams,
  query: z.strictObject({ force }),
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  const { organizationId } = caller;
  const { force: forced } = query;
  const tenant = async <T>(work: (sql: TenantSql) => Promise<T>) =>
    asOrganization(parts.database, organizationId, work);
  const { id } = await tenant((sql) => findEnvironment(sql, caller, params.environment));
  const owning = { environmentId: id };
  const irrevocable = await findIrrevocable(parts, organizationId, owning);
  const remove = async (sql: TenantSql): Promise<void> => {
    const { slug } = await findEnvironment(sql, caller, id);
    if (!forced) {
      await requireNothingLive(sql, { organizationId, id, slug });
    }
    const actor = actorOf(call);
    const cause = "environment.delete";
    const connections = await removeConnections(sql, { organizationId, owning, irrevocable, actor, cause });
    await sql`delete from environments where organization_id = ${organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { slug, force: forced, connections } });
  };
  await afterDeadlocks(async () => tenant(remove));
  return { status: 204, body: null };
});

async function requireNothingLive(
  sql: TenantSql,
  {
    organizationId,
    id,
    slug,
  }: { readonly organizationId: string; readonly id: string; readonly slug: string },
): Promise<void> {
  const live = await sql<{ slug: string }[]>`
    select w.slug from deployments d
    join workflows w on w.organization_id = d.organization_id and w.id = d.workflow_id
    where d.organization_id = ${organizationId} and d.environment_id = ${id} and d.live limit 10`;
  if (live.length > 0) {
    throw new ConflictError(
      `Workflows are live in the environment "${slug}": ${live.map((row) => row.slug).join(", ")}. Delete it anyway with ?force=true.`,
    );
  }
}
