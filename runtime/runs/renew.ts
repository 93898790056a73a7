import { asSystem } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { LEASE_MS } from "./limits.ts";

/** Runs that still belong to the worker after a renewal; every other run it held is somebody else's now. */
export interface Renewed {
  readonly runId: string;
  readonly cancelRequested: boolean;
}

/** Renews a worker's leases in one statement, whatever organizations they belong to. */
export async function renewLeases(
  database: Database,
  held: readonly { readonly runId: string; readonly leaseToken: string }[],
): Promise<readonly Renewed[]> {
  const ids = held.map((run) => run.runId);
  const tokens = held.map((run) => run.leaseToken);
  return asSystem(database)<Renewed[]>`
    update runs set lease_expires_at = now() + ${LEASE_MS} * interval '1 millisecond'
    from unnest(${ids}::uuid[], ${tokens}::uuid[]) as mine (run_id, token)
    where runs.id = mine.run_id and runs.lease_token = mine.token
    returning runs.id as run_id, runs.cancel_requested_at is not null as cancel_requested`;
}
