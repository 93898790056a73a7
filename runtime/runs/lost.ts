import { asSystem } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import type { DueRun } from "#runtime/queue/run-queue.ts";

/** A run whose worker stopped renewing. */
export interface ExpiredLease {
  readonly organizationId: string;
  readonly runId: string;
  readonly leaseToken: string;
  readonly tier: string;
  readonly attempt: number;
}

/** Runs whose lease is over: their worker is gone. */
export async function findExpiredLeases(database: Database, limit: number): Promise<readonly ExpiredLease[]> {
  return asSystem(database)<ExpiredLease[]>`
    select organization_id, id as run_id, lease_token, tier, attempt from runs
    where status = 'running' and lease_expires_at < now()
    order by lease_expires_at limit ${limit}`;
}

/** Queued runs that have been due for so long that their job may be lost; the oldest first. */
export async function findOverdueRuns(
  database: Database,
  overdueMs: number,
  limit: number,
): Promise<readonly DueRun[]> {
  return asSystem(database)<DueRun[]>`
    select id as run_id, organization_id, tier, attempt, 0 as delay_ms from runs
    where status = 'queued' and due_at < now() - ${overdueMs} * interval '1 millisecond'
    order by due_at limit ${limit}`;
}

/** Publications that no worker has answered. */
export async function findOverduePublications(
  database: Database,
  overdueMs: number,
  limit: number,
): Promise<readonly { readonly publicationId: string; readonly organizationId: string }[]> {
  return asSystem(database)`
    select id as publication_id, organization_id from publications
    where status = 'pending' and created_at < now() - ${overdueMs} * interval '1 millisecond'
    order by created_at limit ${limit}`;
}

/** Forgets idempotency keys after a day. */
export async function forgetIdempotencyKeys(database: Database): Promise<void> {
  await asSystem(database)`delete from idempotency_keys where created_at < now() - interval '24 hours'`;
}
