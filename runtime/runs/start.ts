import type { Database } from "#runtime/db/connect.ts";
import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import { ConflictError, InvalidError, TooLargeError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import type { Logger } from "#runtime/log.ts";
import type { RunQueue } from "#runtime/queue/run-queue.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { seal } from "#runtime/vault/seal.ts";
import { checkInput } from "#runtime/workflows/input.ts";
import { INPUT_BYTES } from "./limits.ts";
import { isStill, lookUpTarget, recallTarget, rememberTarget, targetOf } from "./target.ts";
import type { Target } from "./target.ts";

/** How often a run is accepted anew whose target changed between a look at it and the insert. */
const ACCEPT_TRIES = 3;

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
  const row = { runId, inputSealed, headersSealed };
  // Most runs go where the one before went: then one flight to the database accepts it.
  const remembered = recallTarget(request);
  const accepted =
    remembered !== null && fits(remembered, request) ? await accept(parts, request, remembered, row) : null;
  const started = accepted ?? (await acceptAfterLook(parts, request, row));
  if (!started.replayed) {
    await enqueue(parts, { runId, organizationId: request.organizationId, tier: started.tier });
  }
  return started;
}

/** What of a run's row is its own. */
interface NewRun {
  readonly runId: string;
  readonly inputSealed: Buffer;
  readonly headersSealed: Buffer | null;
}

/** Whether the input is one for that version; where it is not, another one may be live by now. */
function fits(target: Target, request: StartRun): boolean {
  try {
    checkInput(target.manifest.input, request.input);
    return true;
  } catch (error) {
    if (error instanceof InvalidError) {
      return false;
    }
    throw error;
  }
}

async function acceptAfterLook(parts: RunParts, request: StartRun, row: NewRun): Promise<StartedRun> {
  for (let tries = 1; tries <= ACCEPT_TRIES; tries++) {
    const target = await lookUpTarget(parts.database, request);
    checkInput(target.manifest.input, request.input);
    const accepted =
      (await accept(parts, request, target, row)) ?? (await findEarlier(parts.database, request, target));
    if (accepted !== null) {
      rememberTarget(request, target);
      return accepted;
    }
  }
  throw new ConflictError("The workflow's deployment changed while the run was accepted; try again.", {
    code: "TENON_TARGET_CHANGED",
  });
}

/** Inserts the run if its target still is what it was; null: it is not, or the idempotency key was used before. */
async function accept(
  { database }: RunParts,
  request: StartRun,
  target: Target,
  { runId, inputSealed, headersSealed }: NewRun,
): Promise<StartedRun | null> {
  const { organizationId } = request;
  const { tier, retry } = target.manifest;
  const [, inserted] = await asOrganizationAtOnce(database, organizationId, (sql) => [
    // A caller waits for an instant run: its durable end brings this row to disk as well.
    tier === "instant" ? sql`set local synchronous_commit = off` : sql`select 1`,
    sql`
      insert into runs (id, organization_id, environment_id, customer_id, workflow_id, version_id, tier, trigger,
        triggered_by, input_sealed, headers_sealed, max_attempts, idempotency_key, request_hash, inspect)
      select ${runId}::uuid, ${organizationId}::uuid, e.id, c.id, w.id, v.id, ${tier}, ${request.trigger},
        ${request.triggeredBy}::uuid, ${inputSealed}::bytea, ${headersSealed}::bytea,
        ${request.inspect ? 1 : retry.maxAttempts}::integer, ${request.idempotencyKey}, ${request.requestHash},
        ${request.inspect}::boolean
      from ${targetOf(sql, request)} and ${isStill(sql, target)}
      on conflict (organization_id, environment_id, workflow_id, idempotency_key) where idempotency_key is not null
      do nothing
      returning id`,
  ]);
  return inserted.length === 0 ? null : { runId, tier, replayed: false };
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

/** The run that was started with the same idempotency key; null: none was. */
async function findEarlier(
  database: Database,
  request: StartRun,
  where: { readonly environmentId: string; readonly workflowId: string },
): Promise<StartedRun | null> {
  const { organizationId, idempotencyKey } = request;
  if (idempotencyKey === null) {
    return null;
  }
  const [[earlier]] = await asOrganizationAtOnce(database, organizationId, (sql) => [
    sql<{ id: string; tier: string; requestHash: string | null }[]>`
      select id, tier, request_hash from runs
      where organization_id = ${organizationId} and environment_id = ${where.environmentId}
        and workflow_id = ${where.workflowId} and idempotency_key = ${idempotencyKey}`,
  ]);
  if (earlier === undefined) {
    return null;
  }
  if (earlier.requestHash !== request.requestHash) {
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
