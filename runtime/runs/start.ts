import type { Database } from "#runtime/db/connect.ts";
import type { Statement } from "#runtime/db/sql.ts";
import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  TooLargeError,
} from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import type { Logger } from "#runtime/log.ts";
import type { RunQueue } from "#runtime/queue/run-queue.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { seal } from "#runtime/vault/seal.ts";
import { checkInput } from "#runtime/workflows/input.ts";
import type { Manifest } from "#runtime/workflows/manifest.ts";
import { INPUT_BYTES } from "./limits.ts";
import { isUuid } from "./reference.ts";

/** What the run verbs work with. */
export interface RunParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly queue: RunQueue;
  readonly log: Logger;
}

/** A request for a run. Where a workflow, environment or customer is named, its id or its slug. */
export interface StartRun {
  readonly organizationId: string;
  readonly workflow: string;
  readonly environment: string;
  readonly customer: string | null;
  /** Number of a published version to run instead of the deployed one, for trying it; null: the live one. */
  readonly version: number | null;
  readonly input: unknown;
  /** Whether it waits for a debugger. `mayInspect` says whether this installation allows it at all. */
  readonly inspect: boolean;
  readonly mayInspect: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly trigger: "api";
  /** Id of the API key. */
  readonly triggeredBy: string | null;
  /** False for test keys: a run in a production environment is refused. */
  readonly mayUseProduction: boolean;
  readonly idempotencyKey: string | null;
  /** Hash of the request's content, so that a key used again for something else is noticed. */
  readonly requestHash: string | null;
}

/** What the caller of `startRun` gets: enough to wait for it and to read it. */
export interface StartedRun {
  readonly runId: string;
  readonly tier: string;
  /** True: this request had been made before, and this is the run that it started then. */
  readonly replayed: boolean;
}

interface Target {
  readonly workflowId: string;
  readonly workflowStatus: string;
  readonly environmentId: string | null;
  readonly environmentSlug: string | null;
  readonly production: boolean | null;
  readonly customerId: string | null;
  readonly customerStatus: string | null;
  readonly versionId: string | null;
  readonly manifest: Manifest | null;
}

/**
 * Accepts a run: one transaction inserts it, then a job without content is queued. Once this resolves for a
 * standard or long run, it is on disk and will be executed, even if the queue loses the job.
 *
 * @throws NotFoundError, ConflictError (inactive or not deployed), ForbiddenError (test key for production),
 *   InvalidError (input against the version's schema), TooLargeError (input over 1 MB).
 */
export async function startRun(parts: RunParts, request: StartRun): Promise<StartedRun> {
  const runId = newId();
  const input = serializeInput(request.input);
  const place = { organizationId: request.organizationId, table: "runs", row: runId, version: 1 } as const;
  // Sealed before the transaction: sealing may need a connection of its own for the data key.
  const inputSealed = await seal(parts.keyring, { ...place, column: "input" }, input);
  const headersSealed =
    Object.keys(request.headers).length === 0
      ? null
      : await seal(parts.keyring, { ...place, column: "headers" }, JSON.stringify(request.headers));
  const { database } = parts;
  const { organizationId } = request;
  const [targets] = await asOrganizationAtOnce(database, organizationId, (sql) => [findTarget(sql, request)]);
  const target = checkTarget(targets[0], request);
  const { tier, retry } = target.manifest;
  checkInput(target.manifest.input, request.input);
  const [, inserted] = await asOrganizationAtOnce(database, organizationId, (sql) => [
    // A caller waits for an instant run: its durable end brings this row to disk as well.
    tier === "instant" ? sql`set local synchronous_commit = off` : sql`select 1`,
    sql<{ id: string }[]>`
      insert into runs (id, organization_id, environment_id, customer_id, workflow_id, version_id, tier, trigger,
        triggered_by, input_sealed, headers_sealed, max_attempts, idempotency_key, request_hash, inspect)
      values (${runId}, ${organizationId}, ${target.environmentId}, ${target.customerId}, ${target.workflowId},
        ${target.versionId}, ${tier}, ${request.trigger}, ${request.triggeredBy}, ${inputSealed}, ${headersSealed},
        ${request.inspect ? 1 : retry.maxAttempts}, ${request.idempotencyKey}, ${request.requestHash}, ${request.inspect})
      on conflict (organization_id, environment_id, workflow_id, idempotency_key) where idempotency_key is not null
      do nothing
      returning id`,
  ]);
  const started =
    inserted.length === 0 ? await findEarlier(database, request, target) : { runId, tier, replayed: false };
  if (!started.replayed) {
    await enqueue(parts, { runId, organizationId: request.organizationId, tier: started.tier });
  }
  return started;
}

function serializeInput(input: unknown): string {
  const text = JSON.stringify(input ?? null);
  if (Buffer.byteLength(text) > INPUT_BYTES) {
    throw new TooLargeError(
      `The input is larger than ${String(INPUT_BYTES)} bytes: store it elsewhere and pass a reference.`,
    );
  }
  return text;
}

function findTarget(sql: TenantSql, request: StartRun): Statement<Target[]> {
  const { organizationId, customer } = request;
  return sql<Target[]>`
    select w.id as workflow_id, w.status as workflow_status, e.id as environment_id, e.slug as environment_slug,
      e.production, c.id as customer_id, c.status as customer_status, v.id as version_id, v.manifest
    from workflows w
    left join environments e on e.organization_id = w.organization_id and ${reference(sql, "e", request.environment)}
    left join customers c on c.organization_id = w.organization_id and ${customer === null ? sql`false` : reference(sql, "c", customer)}
    left join deployments d on d.organization_id = w.organization_id and d.workflow_id = w.id and d.environment_id = e.id and d.live
    left join versions v on v.organization_id = w.organization_id and v.workflow_id = w.id
      and ${request.version === null ? sql`v.id = d.version_id` : sql`v.number = ${request.version}`}
    where w.organization_id = ${organizationId} and ${reference(sql, "w", request.workflow)}`;
}

function reference(sql: TenantSql, table: "w" | "e" | "c", value: string) {
  return isUuid(value) ? sql`${sql(table)}.id = ${value}` : sql`${sql(table)}.slug = ${value}`;
}

/** Guards in the order of trust: does it exist, may this key, can it run. */
function checkTarget(target: Target | undefined, request: StartRun) {
  if (target === undefined) {
    throw new NotFoundError("workflow", request.workflow);
  }
  const { environmentId, versionId, manifest, customerId } = target;
  if (environmentId === null) {
    throw new NotFoundError("environment", request.environment);
  }
  if (target.production === true && !request.mayUseProduction) {
    throw new ForbiddenError(
      `A test key cannot start runs in the production environment "${request.environment}"; use a live key.`,
      "TENON_TEST_KEY",
    );
  }
  if (request.inspect && (!request.mayInspect || target.production === true)) {
    throw new ForbiddenError(
      "Runs cannot be debugged here. On your own machine, start Tenon with TENON_INSPECT=9229, and use an environment that is not a production one.",
      "TENON_INSPECT_OFF",
    );
  }
  if (request.customer !== null && customerId === null) {
    throw new NotFoundError("customer", request.customer);
  }
  if (target.customerStatus === "suspended") {
    throw new ConflictError(
      `The customer "${request.customer ?? ""}" is suspended: no run is started for it.`,
      {
        code: "TENON_CUSTOMER_SUSPENDED",
      },
    );
  }
  if (target.workflowStatus !== "active") {
    throw new ConflictError(`The workflow "${request.workflow}" is inactive; activate it to accept runs.`, {
      code: "TENON_WORKFLOW_INACTIVE",
    });
  }
  if (versionId === null || manifest === null) {
    if (request.version !== null) {
      throw new NotFoundError("version", String(request.version));
    }
    throw new ConflictError(
      `The workflow "${request.workflow}" is not deployed in "${request.environment}"; deploy a version there first.`,
      { code: "TENON_NOT_DEPLOYED" },
    );
  }
  return { workflowId: target.workflowId, environmentId, versionId, manifest, customerId };
}

async function findEarlier(
  database: Database,
  request: StartRun,
  where: { readonly environmentId: string; readonly workflowId: string },
): Promise<StartedRun> {
  const { organizationId, idempotencyKey } = request;
  const [[earlier]] = await asOrganizationAtOnce(database, organizationId, (sql) => [
    sql<{ id: string; tier: string; requestHash: string | null }[]>`
      select id, tier, request_hash from runs
      where organization_id = ${organizationId} and environment_id = ${where.environmentId}
        and workflow_id = ${where.workflowId} and idempotency_key = ${idempotencyKey}`,
  ]);
  if (earlier?.requestHash !== request.requestHash) {
    throw new InvalidError(
      "This Idempotency-Key was used for another request to run this workflow; use a new key for a new request.",
      { code: "TENON_IDEMPOTENCY_REUSED", status: 422 },
    );
  }
  return { runId: earlier.id, tier: earlier.tier, replayed: true };
}

/** A queue that is away does not lose the run: the sweep queues it again. */
async function enqueue(
  parts: RunParts,
  run: { runId: string; organizationId: string; tier: string },
): Promise<void> {
  try {
    await parts.queue.addRun({ ...run, attempt: 0, delayMs: 0 });
  } catch (error) {
    parts.log.warn({ runId: run.runId, error }, "the run is stored but not yet queued");
  }
}
