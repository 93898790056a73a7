import { endpoint } from "#api/endpoint.ts";
import { toPage } from "#api/page.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { findOwner } from "./owner.ts";
import { secretPage, secretsParams, secretsQuery, showSecret } from "./schema.ts";
import type { SecretRow } from "./schema.ts";

export const listSecrets = endpoint({
  method: "get",
  path: "/environments/{environment}/secrets",
  operationId: "listSecrets",
  tag: "Secrets",
  summary: "List the secrets of an environment",
  description: "Without `customer` the environment's own, with it that customer's overrides.",
  scope: "secrets:read",
  action: "secret.list",
  params: secretsParams,
  query: secretsQuery,
  answers: { 200: { description: "A page of secrets, without their values.", schema: secretPage } },
}).handledBy(async ({ parts, caller, params, query: { limit, cursor, customer } }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const owner = await findOwner(sql, caller, { environment: params.environment, customer });
    const rows = await sql<SecretRow[]>`
        select id, name, hosts, reveal, version, created_at, updated_at from secrets
        where organization_id = ${caller.organizationId} and environment_id = ${owner.environment.id}
          and customer_id is not distinct from ${owner.customer?.id ?? null}
          ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
        order by id desc limit ${limit + 1}`;
    return toPage(rows, limit, (row) => showSecret(row, owner));
  });
  return { status: 200, body };
});
