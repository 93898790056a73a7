import type { TenantSql } from "#runtime/db/tenant.ts";

/**
 * How long a renewal owns its connection without a sign of life; who makes a call extends the lease while it waits.
 * Far longer than a busy or a restarting machine is silent, because taking over repeats a call whose answer may still
 * come. Leases go by the database's clock, which all processes share.
 */
export const LEASE_SECONDS = 75;
/** How often a lease is extended: two signs of life may be lost. */
export const EXTEND_MS = 20_000;
/** A claim of the background before its courier has taken over: short, so that a stopped worker delays little. */
export const CLAIM_SECONDS = 10;

/** A lease on one version of one credential. */
export interface Lease {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly version: number;
  readonly token: string;
}

/** Takes a free or ended lease, or extends the one that the token names. False: it is another's, or the version is. */
export async function takeLease(sql: TenantSql, lease: Lease): Promise<boolean> {
  const rows = await sql`
    update credentials
    set lease_token = ${lease.token}, lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where organization_id = ${lease.organizationId} and connection_id = ${lease.connectionId}
      and version = ${lease.version}
      and (lease_token is null or lease_token = ${lease.token} or lease_expires_at <= clock_timestamp())
    returning 1`;
  return rows.length === 1;
}

/** Extends a lease that is still ours, also one that has ended and that nobody else has taken. */
export async function extendLease(sql: TenantSql, lease: Lease): Promise<void> {
  await sql`
    update credentials set lease_expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where organization_id = ${lease.organizationId} and connection_id = ${lease.connectionId}
      and version = ${lease.version} and lease_token = ${lease.token}`;
}

/** Gives a lease back. `dueAt`: when the background looks at the connection next; without it that stays as it is. */
export async function releaseLease(
  sql: TenantSql,
  lease: Omit<Lease, "version">,
  dueAt?: Date,
): Promise<void> {
  await sql`
    update credentials set lease_token = null, lease_expires_at = null, due_at = ${dueAt === undefined ? sql`due_at` : dueAt}
    where organization_id = ${lease.organizationId} and connection_id = ${lease.connectionId}
      and lease_token = ${lease.token}`;
}
