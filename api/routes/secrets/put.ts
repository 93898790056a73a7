import type { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { audit } from "#api/middleware/audit.ts";
import { invalid } from "#api/middleware/parse.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { seal } from "#runtime/vault/seal.ts";
import { findOwner, findSecret } from "./owner.ts";
import { putSecretBody, secretParams, secretQuery, secretSchema, showSecret } from "./schema.ts";
import type { SecretOwner, SecretRow } from "./schema.ts";

type PutCall = Call<
  z.output<typeof secretParams>,
  z.output<typeof secretQuery>,
  z.output<typeof putSecretBody>
>;

/** What the secret will be: the place that its value is sealed for is part of it. */
interface Draft {
  readonly owner: SecretOwner;
  readonly present: SecretRow | null;
  readonly id: string;
  readonly version: number;
  /** Null: the present value stays. */
  readonly sealed: Buffer | null;
}

export const putSecret = endpoint({
  method: "put",
  path: "/environments/{environment}/secrets/{name}",
  operationId: "putSecret",
  tag: "Secrets",
  summary: "Set a secret",
  description: "Creates it where it does not exist; then a value is needed. What is not sent stays as it is.",
  scope: "secrets:manage",
  action: "secret.update",
  params: secretParams,
  query: secretQuery,
  body: putSecretBody,
  bodyExample: { value: "sk_test_…", hosts: ["erp.example.com"] },
  answers: {
    200: { description: "The secret as it is now, without its value.", schema: secretSchema },
    201: { description: "The secret did not exist and was created.", schema: secretSchema },
  },
}).handledBy(async (call) => {
  const draft = await prepare(call);
  const row = await asOrganization(call.parts.database, call.caller.organizationId, async (sql) => {
    const written = draft.present === null ? await insert(sql, call, draft) : await change(sql, call, draft);
    if (written === undefined) {
      throw new ConflictError("Another request has just changed this secret; read it and try again.");
    }
    const { slug: environment } = draft.owner.environment;
    await audit(sql, call, {
      resourceId: written.id,
      details: { name: written.name, environment, fields: Object.keys(call.body), version: written.version },
    });
    return written;
  });
  return {
    status: draft.present === null ? 201 : 200,
    body: showSecret(row, draft.owner, draft.sealed === null ? undefined : call.body.value),
  };
});

/** Reads what is there and seals the new value, before the transaction that writes: the keyring takes its own connection. */
async function prepare({ parts, caller, params, query, body }: PutCall): Promise<Draft> {
  const { organizationId } = caller;
  const { owner, present } = await asOrganization(parts.database, organizationId, async (sql) => {
    const found = await findOwner(sql, caller, { environment: params.environment, customer: query.customer });
    return { owner: found, present: await findSecret(sql, caller, found, params.name) };
  });
  const value = body.value ?? "";
  if (present === null && value === "") {
    throw invalid([{ path: "value", message: "is missing: a new secret needs one" }]);
  }
  const id = present?.id ?? newId();
  const version = (present?.version ?? 0) + (value === "" ? 0 : 1);
  const place = { organizationId, table: "secrets", row: id, column: "value", version };
  return {
    owner,
    present,
    id,
    version,
    sealed: value === "" ? null : await seal(parts.keyring, place, value),
  };
}

async function insert(
  sql: TenantSql,
  { caller, params, body }: PutCall,
  draft: Draft,
): Promise<SecretRow | undefined> {
  const [row] = await sql<SecretRow[]>`
    insert into secrets (id, organization_id, environment_id, customer_id, name, value_sealed, version, hosts, reveal)
    values (${draft.id}, ${caller.organizationId}, ${draft.owner.environment.id}, ${draft.owner.customer?.id ?? null},
      ${params.name}, ${draft.sealed}, ${draft.version}, ${body.hosts ?? []}, ${body.reveal ?? false})
    on conflict (organization_id, environment_id, customer_id, name) do nothing
    returning id, name, hosts, reveal, version, created_at, updated_at`;
  return row;
}

/** Only the version that was read is changed: the sealed value opens nowhere but in its own version. */
async function change(
  sql: TenantSql,
  { caller, body }: PutCall,
  draft: Draft,
): Promise<SecretRow | undefined> {
  const [row] = await sql<SecretRow[]>`
    update secrets set
      ${draft.sealed === null ? sql`` : sql`value_sealed = ${draft.sealed}, version = ${draft.version},`}
      hosts = ${body.hosts ?? sql`hosts`},
      reveal = ${body.reveal ?? sql`reveal`},
      updated_at = now()
    where organization_id = ${caller.organizationId} and id = ${draft.id}
      and version = ${draft.present?.version ?? 0}
    returning id, name, hosts, reveal, version, created_at, updated_at`;
  return row;
}
