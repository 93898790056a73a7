import { asOrganization, asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Database } from "#runtime/db/connect.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { isUuid } from "./reference.ts";
import type { RunStatus } from "./status.ts";

/** A run as a list shows it. */
export interface RunSummary {
  readonly id: string;
  readonly workflow: { readonly id: string; readonly slug: string };
  readonly environment: { readonly id: string; readonly slug: string; readonly production: boolean };
  readonly customer: { readonly id: string; readonly slug: string } | null;
  /** Number of the version that it runs. */
  readonly version: number;
  readonly tier: string;
  readonly status: RunStatus;
  readonly trigger: string;
  readonly triggeredBy: string | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly error: unknown;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly cancelRequested: boolean;
}

/** A run with what went in and what came out. */
export interface RunView extends RunSummary {
  readonly input: unknown;
  /** Null unless it completed. */
  readonly result: unknown;
}

export interface RunFilters {
  readonly status?: RunStatus;
  readonly workflowId?: string;
  readonly environmentId?: string;
  readonly customerId?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
}

export interface StoredLogLine {
  readonly attempt: number;
  readonly line: number;
  readonly at: Date;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly data: unknown;
}

export interface AttemptView {
  readonly number: number;
  readonly status: string;
  readonly error: unknown;
  readonly cpuMs: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

function summary(sql: TenantSql) {
  return sql`r.id, jsonb_build_object('id', w.id, 'slug', w.slug) as workflow,
    jsonb_build_object('id', e.id, 'slug', e.slug, 'production', e.production) as environment,
    case when c.id is not null then jsonb_build_object('id', c.id, 'slug', c.slug) end as customer,
    v.number as version, r.tier, r.status, r.trigger, r.triggered_by, r.attempt, r.max_attempts, r.error,
    r.created_at, r.started_at, r.finished_at, r.cancel_requested_at is not null as cancel_requested`;
}

function joins(sql: TenantSql) {
  return sql`runs r
    join workflows w on w.organization_id = r.organization_id and w.id = r.workflow_id
    join versions v on v.organization_id = r.organization_id and v.id = r.version_id
    join environments e on e.organization_id = r.organization_id and e.id = r.environment_id
    left join customers c on c.organization_id = r.organization_id and c.id = r.customer_id`;
}

/** One run with its input and result opened. @throws NotFoundError */
export async function getRun(
  parts: { readonly database: Database; readonly keyring: Keyring },
  request: { readonly organizationId: string; readonly runId: string },
): Promise<RunView> {
  const { organizationId, runId } = request;
  if (!isUuid(runId)) {
    throw new NotFoundError("run", runId);
  }
  const [[row]] = await asOrganizationAtOnce(parts.database, organizationId, (sql) => [
    sql<(RunSummary & { inputSealed: Buffer; resultSealed: Buffer | null })[]>`
      select ${summary(sql)}, r.input_sealed, r.result_sealed from ${joins(sql)}
      where r.organization_id = ${organizationId} and r.id = ${runId}`,
  ]);
  if (row === undefined) {
    throw new NotFoundError("run", runId);
  }
  const { inputSealed, resultSealed, ...run } = row;
  const place = { organizationId, table: "runs", row: runId, version: 1 };
  const open = async (column: string, sealed: Buffer | null): Promise<unknown> =>
    sealed === null ? null : JSON.parse(await openText(parts.keyring, { ...place, column }, sealed));
  return { ...run, input: await open("input", inputSealed), result: await open("result", resultSealed) };
}

/** Runs, newest first, without their content. `cursor`: the id after which the page starts. */
export async function listRuns(
  database: Database,
  request: {
    readonly organizationId: string;
    readonly filters: RunFilters;
    readonly cursor: string | null;
    readonly limit: number;
  },
): Promise<readonly RunSummary[]> {
  const { organizationId, filters, cursor, limit } = request;
  return asOrganization(database, organizationId, async (sql) => {
    const all = sql``;
    return sql<RunSummary[]>`
      select ${summary(sql)} from ${joins(sql)}
      where r.organization_id = ${organizationId}
        ${cursor === null ? all : sql`and r.id < ${cursor}`}
        ${filters.status === undefined ? all : sql`and r.status = ${filters.status}`}
        ${filters.workflowId === undefined ? all : sql`and r.workflow_id = ${filters.workflowId}`}
        ${filters.environmentId === undefined ? all : sql`and r.environment_id = ${filters.environmentId}`}
        ${filters.customerId === undefined ? all : sql`and r.customer_id = ${filters.customerId}`}
        ${filters.createdAfter === undefined ? all : sql`and r.created_at >= ${filters.createdAfter}`}
        ${filters.createdBefore === undefined ? all : sql`and r.created_at < ${filters.createdBefore}`}
      order by r.id desc limit ${limit}`;
  });
}

/** Log lines of a run in order, after a position. The run's existence is the caller's to check. */
export async function readLogs(
  database: Database,
  request: {
    readonly organizationId: string;
    readonly runId: string;
    readonly after: { readonly attempt: number; readonly line: number } | null;
    readonly limit: number;
  },
): Promise<readonly StoredLogLine[]> {
  const { organizationId, runId, after, limit } = request;
  return asOrganization(
    database,
    organizationId,
    async (sql) => sql<StoredLogLine[]>`
      select attempt, line, at, level, message, data from run_logs
      where organization_id = ${organizationId} and run_id = ${runId}
        and (attempt, line) > (${after?.attempt ?? 0}, ${after?.line ?? 0})
      order by attempt, line limit ${limit}`,
  );
}

/** The attempts of a run, first to last. */
export async function readAttempts(
  database: Database,
  request: { readonly organizationId: string; readonly runId: string },
): Promise<readonly AttemptView[]> {
  return asOrganization(
    database,
    request.organizationId,
    async (sql) => sql<AttemptView[]>`
      select number, status, error, cpu_ms, started_at, finished_at from attempts
      where organization_id = ${request.organizationId} and run_id = ${request.runId} order by number`,
  );
}
