import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { findOwner, readSecret } from "./owner.ts";
import { secretParams, secretQuery } from "./schema.ts";

export const removeSecret = endpoint({
  method: "delete",
  path: "/environments/{environment}/secrets/{name}",
  operationId: "removeSecret",
  tag: "Secrets",
  summary: "Delete a secret",
  description: "With `customer` only that customer's override: its runs then see the environment's own.",
  scope: "secrets:manage",
  action: "secret.delete",
  params: secretParams,
  query: secretQuery,
  answers: { 204: { description: "It is gone.", schema: null } },
}).handledBy(async (call) => {
  const { parts, caller, params, query } = call;
  await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const owner = await findOwner(sql, caller, { environment: params.environment, customer: query.customer });
    const { id, name } = await readSecret(sql, caller, owner, params.name);
    await sql`delete from secrets where organization_id = ${caller.organizationId} and id = ${id}`;
    await audit(sql, call, { resourceId: id, details: { name, environment: owner.environment.slug } });
  });
  return { status: 204, body: null };
});
