import { asOrganization, asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { seal } from "#runtime/vault/seal.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { LOST_ATTEMPTS } from "./limits.ts";

/** The attempt that ends: only the holder of the token may end it. */
export interface Held {
  readonly organizationId: string;
  readonly runId: string;
  readonly attempt: number;
  readonly leaseToken: string;
}

/** An error as it is stored: redacted JSON. */
export type StoredError = Readonly<Record<string, unknown>>;

export type Ending =
  | { readonly status: "completed"; readonly result: string; readonly cpuMs: number }
  | { readonly status: "failed" | "timeout"; readonly error: StoredError; readonly cpuMs: number }
  | { readonly status: "cancelled"; readonly cpuMs: number };

/** Writes a run's end. False: the lease was lost, and somebody else writes it. Durable when it resolves. */
export async function finishRun(
  parts: { readonly database: Database; readonly keyring: Keyring },
  held: Held,
  ending: Ending,
): Promise<boolean> {
  const place = {
    organizationId: held.organizationId,
    table: "runs",
    row: held.runId,
    column: "result",
    version: 1,
  };
  const result = ending.status === "completed" ? await seal(parts.keyring, place, ending.result) : null;
  const error = "error" in ending ? ending.error : null;
  const [rows] = await asOrganizationAtOnce(parts.database, held.organizationId, (sql) => [
    sql`
      with ended as (
        update runs set status = ${ending.status}, result_sealed = ${result}, error = ${json(sql, error)},
          finished_at = now(), lease_token = null, lease_expires_at = null
        where organization_id = ${held.organizationId} and id = ${held.runId} and lease_token = ${held.leaseToken}
        returning id
      ), attempted as (
        update attempts set status = ${ending.status}, error = ${json(sql, error)}, cpu_ms = ${ending.cpuMs}, finished_at = now()
        where organization_id = ${held.organizationId} and run_id = ${held.runId} and number = ${held.attempt}
          and exists (select from ended)
      )
      select id from ended`,
  ]);
  return rows.length > 0;
}

/** Gives a failed attempt's run back to the queue, due after `delayMs`. False: the lease was lost. */
export async function retryRun(
  database: Database,
  held: Held,
  failure: {
    readonly status: "failed" | "timeout";
    readonly error: StoredError;
    readonly cpuMs: number;
    readonly delayMs: number;
  },
): Promise<boolean> {
  const [rows] = await asOrganizationAtOnce(database, held.organizationId, (sql) => [
    sql`
      with again as (
        update runs set status = 'queued', due_at = now() + ${failure.delayMs} * interval '1 millisecond',
          lease_token = null, lease_expires_at = null
        where organization_id = ${held.organizationId} and id = ${held.runId} and lease_token = ${held.leaseToken}
        returning id
      ), attempted as (
        update attempts set status = ${failure.status}, error = ${json(sql, failure.error)}, cpu_ms = ${failure.cpuMs}, finished_at = now()
        where organization_id = ${held.organizationId} and run_id = ${held.runId} and number = ${held.attempt}
          and exists (select from again)
      )
      select id from again`,
  ]);
  return rows.length > 0;
}

/**
 * Gives back a run whose attempt ended through no fault of its own (its sandbox process or its worker died).
 * The attempt does not count towards the author's retries; after too many losses the run fails.
 */
export async function returnLostRun(
  database: Database,
  held: Omit<Held, "attempt">,
  reason: string,
): Promise<"queued" | "failed" | "cancelled" | "not held"> {
  const error: StoredError = {
    code: "TENON_WORKER_LOST",
    name: "WorkerLostError",
    message: `The run was lost ${String(LOST_ATTEMPTS)} times while it was executed (${reason}); it is not tried again.`,
  };
  return asOrganization(database, held.organizationId, async (sql) => {
    const [row] = await sql<{ status: "queued" | "failed" | "cancelled" }[]>`
      with decided as (
        select id, attempt, case when cancel_requested_at is not null then 'cancelled'
          when lost_attempts + 1 >= ${LOST_ATTEMPTS} then 'failed' else 'queued' end as next
        from runs
        where organization_id = ${held.organizationId} and id = ${held.runId} and lease_token = ${held.leaseToken}
          and status = 'running'
        for update
      ), moved as (
        update runs r set status = d.next, lost_attempts = r.lost_attempts + 1, max_attempts = r.max_attempts + 1,
          due_at = now(), lease_token = null, lease_expires_at = null,
          error = case when d.next = 'failed' then ${json(sql, error)}::jsonb end,
          finished_at = case when d.next <> 'queued' then now() end
        from decided d where r.organization_id = ${held.organizationId} and r.id = d.id
        returning r.status, d.attempt
      ), attempted as (
        update attempts a set status = 'lost', finished_at = now(), error = ${json(sql, { code: "TENON_ATTEMPT_LOST", message: reason })}
        from moved m where a.organization_id = ${held.organizationId} and a.run_id = ${held.runId} and a.number = m.attempt
      )
      select status from moved`;
    return row?.status ?? "not held";
  });
}

function json(sql: TenantSql, value: StoredError | null) {
  return value === null ? null : sql.json(value);
}
