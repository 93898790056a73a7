import { endpoint } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { REPLAYED, createOnce } from "#api/middleware/idempotency.ts";
import { newId } from "#runtime/ids.ts";
import { seal } from "#runtime/vault/seal.ts";
import { findOwner, readSecret } from "./owner.ts";
import { createSecretBody, secretQuery, secretSchema, secretsParams, showSecret } from "./schema.ts";
import type { SecretRow } from "./schema.ts";

export const createSecret = endpoint({
  method: "post",
  path: "/environments/{environment}/secrets",
  operationId: "createSecret",
  tag: "Secrets",
  summary: "Create a secret",
  description: "With `customer`, an override that only this customer's runs see.",
  scope: "secrets:manage",
  action: "secret.create",
  idempotent: true,
  params: secretsParams,
  query: secretQuery,
  body: createSecretBody,
  bodyExample: { name: "ERP_KEY", value: "sk_test_…", hosts: ["erp.example.com"] },
  answers: { 201: { description: "The new secret, without its value.", schema: secretSchema } },
}).handledBy(async (call) => {
  const { parts, caller, params, query, body } = call;
  const { organizationId } = caller;
  const id = newId();
  // Sealed before the transaction: the keyring takes a connection of its own.
  const sealed = await seal(
    parts.keyring,
    { organizationId, table: "secrets", row: id, column: "value", version: 1 },
    body.value,
  );
  const named = { environment: params.environment, customer: query.customer };
  const { value, replayed } = await createOnce(call, {
    id,
    create: async (sql) => {
      const owner = await findOwner(sql, caller, named);
      const [row] = await sql<[SecretRow]>`
          insert into secrets (id, organization_id, environment_id, customer_id, name, value_sealed, hosts, reveal)
          values (${id}, ${organizationId}, ${owner.environment.id}, ${owner.customer?.id ?? null}, ${body.name},
            ${sealed}, ${body.hosts}, ${body.reveal})
          returning id, name, hosts, reveal, version, created_at, updated_at`;
      const { slug: environment } = owner.environment;
      await audit(sql, call, {
        resourceId: id,
        details: { name: body.name, environment, hosts: body.hosts },
      });
      return showSecret(row, owner, body.value);
    },
    find: async (sql) => {
      const owner = await findOwner(sql, caller, named);
      return showSecret(await readSecret(sql, caller, owner, body.name), owner);
    },
  });
  return { status: 201, body: value, headers: replayed ? REPLAYED : {} };
});
