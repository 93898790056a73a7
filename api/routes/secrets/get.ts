import { endpoint } from "#api/endpoint.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { findOwner, readSecret } from "./owner.ts";
import { secretParams, secretQuery, secretSchema, showSecret } from "./schema.ts";

export const getSecret = endpoint({
  method: "get",
  path: "/environments/{environment}/secrets/{name}",
  operationId: "getSecret",
  tag: "Secrets",
  summary: "Read what is known of a secret",
  scope: "secrets:read",
  action: "secret.read",
  params: secretParams,
  query: secretQuery,
  answers: { 200: { description: "The secret, without its value.", schema: secretSchema } },
}).handledBy(async ({ parts, caller, params, query }) => {
  const body = await asOrganization(parts.database, caller.organizationId, async (sql) => {
    const owner = await findOwner(sql, caller, { environment: params.environment, customer: query.customer });
    return showSecret(await readSecret(sql, caller, owner, params.name), owner);
  });
  return { status: 200, body };
});
