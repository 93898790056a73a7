import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, InvalidError } from "#runtime/errors.ts";
import type { Call } from "../endpoint.ts";

/** The header that says that nothing was created: the answer is that of the first request. */
export const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** A reservation without a resource after this long is of a process that died. */
const ABANDONED_AFTER = "2 minutes";

/** Creates something, or finds what the same Idempotency-Key created before. */
export interface Creation<T> {
  /** The new resource's id. */
  readonly id: string;
  readonly create: (sql: TenantSql) => Promise<T>;
  readonly find: (sql: TenantSql, id: string) => Promise<T>;
}

/** What was created, and whether by an earlier request. */
export interface Created<T> {
  readonly value: T;
  readonly replayed: boolean;
}

/**
 * Runs a creation at most once for each Idempotency-Key. The key's row is inserted first and in the same
 * transaction: a second request with the key waits for the first one's commit, and a rollback frees the key.
 */
export async function createOnce<T>(call: Call, creation: Creation<T>): Promise<Created<T>> {
  const { database } = call.parts;
  return asOrganization(database, call.caller.organizationId, async (sql) => {
    const earlier = await reserve(sql, call, creation.id);
    if (earlier === null) {
      return { value: await creation.create(sql), replayed: false };
    }
    if (earlier.resourceId === null) {
      throw inProgress();
    }
    return { value: await creation.find(sql, earlier.resourceId), replayed: true };
  });
}

/** Notes what was created under the request's key; belongs into the transaction that creates it. */
export type Complete = (sql: TenantSql, resourceId: string) => Promise<void>;

/** A creation that has transactions of its own: the key is reserved before, completed with it, or freed. */
export async function createSlowly<T>(
  call: Call,
  creation: {
    readonly create: (complete: Complete) => Promise<T>;
    readonly find: (sql: TenantSql, id: string) => Promise<T>;
  },
): Promise<Created<T>> {
  const tenant = <R>(work: (sql: TenantSql) => Promise<R>) =>
    asOrganization(call.parts.database, call.caller.organizationId, work);
  const earlier = await tenant((sql) => reserve(sql, call, null));
  if (earlier !== null) {
    const { resourceId } = earlier;
    if (resourceId === null) {
      throw inProgress();
    }
    return { value: await tenant((sql) => creation.find(sql, resourceId)), replayed: true };
  }
  try {
    const value = await creation.create((sql, resourceId) => complete(sql, call, resourceId));
    return { value, replayed: false };
  } catch (error) {
    await tenant((sql) => free(sql, call)).catch(() => undefined);
    throw error;
  }
}

/** Null: the key is ours (or there is none). Otherwise what it was used for before. */
async function reserve(
  sql: TenantSql,
  call: Call,
  resourceId: string | null,
): Promise<{ resourceId: string | null } | null> {
  const { idempotencyKey: key, hash, operation } = call.request;
  if (key === null) {
    return null;
  }
  const { organizationId } = call.caller;
  const requestHash = hash();
  const reserved = await sql`
    insert into idempotency_keys as known (organization_id, route, key, request_hash, resource_id)
    values (${organizationId}, ${operation}, ${key}, ${requestHash}, ${resourceId})
    on conflict (organization_id, route, key) do update
      set request_hash = excluded.request_hash, resource_id = excluded.resource_id, created_at = now()
      where known.resource_id is null and known.created_at < now() - ${ABANDONED_AFTER}::interval
    returning key`;
  if (reserved.length > 0) {
    return null;
  }
  const [earlier] = await sql<{ requestHash: string; resourceId: string | null }[]>`
    select request_hash, resource_id from idempotency_keys
    where organization_id = ${organizationId} and route = ${operation} and key = ${key}`;
  if (earlier !== undefined && earlier.requestHash !== requestHash) {
    throw new InvalidError(
      "This Idempotency-Key was sent before with a different request; use a new key for a new request.",
      { code: "TENON_IDEMPOTENCY_REUSED", status: 422 },
    );
  }
  return { resourceId: earlier?.resourceId ?? null };
}

async function complete(sql: TenantSql, call: Call, resourceId: string): Promise<void> {
  await sql`
    update idempotency_keys set resource_id = ${resourceId}
    where organization_id = ${call.caller.organizationId} and route = ${call.request.operation}
      and key = ${call.request.idempotencyKey}`;
}

async function free(sql: TenantSql, call: Call): Promise<void> {
  await sql`
    delete from idempotency_keys
    where organization_id = ${call.caller.organizationId} and route = ${call.request.operation}
      and key = ${call.request.idempotencyKey} and resource_id is null`;
}

function inProgress(): ConflictError {
  return new ConflictError(
    "A request with this Idempotency-Key is still being worked on; ask again shortly.",
    {
      code: "TENON_IDEMPOTENCY_IN_PROGRESS",
    },
  );
}
