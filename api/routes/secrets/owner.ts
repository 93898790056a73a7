import type { Caller } from "#api/caller.ts";
import { findCustomer, findEnvironment } from "#api/references.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { SecretOwner, SecretRow } from "./schema.ts";

/** Whose secret a request means: the environment's own, or a customer's override. */
export async function findOwner(
  sql: TenantSql,
  caller: Caller,
  named: { readonly environment: string; readonly customer: string | undefined },
): Promise<SecretOwner> {
  const environment = await findEnvironment(sql, caller, named.environment);
  return {
    environment,
    customer: named.customer === undefined ? null : await findCustomer(sql, caller, named.customer),
  };
}

/** Reads a secret by its owner and name, without its value; null where there is none. */
export async function findSecret(
  sql: TenantSql,
  caller: Caller,
  owner: SecretOwner,
  name: string,
): Promise<SecretRow | null> {
  const [row] = await sql<SecretRow[]>`
    select id, name, hosts, reveal, version, created_at, updated_at from secrets
    where organization_id = ${caller.organizationId} and environment_id = ${owner.environment.id}
      and customer_id is not distinct from ${owner.customer?.id ?? null} and name = ${name}`;
  return row ?? null;
}

/** Reads a secret by its owner and name, without its value. */
export async function readSecret(
  sql: TenantSql,
  caller: Caller,
  owner: SecretOwner,
  name: string,
): Promise<SecretRow> {
  const row = await findSecret(sql, caller, owner, name);
  if (row === null) {
    throw new NotFoundError("secret", name);
  }
  return row;
}
