import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { InvalidError, NotFoundError, TooLargeError, UnavailableError } from "#runtime/errors.ts";
import type { FieldIssue } from "#runtime/errors.ts";
import { contentHash, newId } from "#runtime/ids.ts";
import type { RunQueue } from "#runtime/queue/run-queue.ts";
import type { RunFeed } from "#runtime/runs/feed.ts";

/** Largest bundle, in bytes. */
export const BUNDLE_BYTES = 5_242_880;
const SOURCE_MAP_BYTES = 10_485_760;
/** How long a publisher waits for the worker's check, in milliseconds. */
const CHECK_DEADLINE_MS = 30_000;
/** Notifications may be lost: the answer is looked for at this pace as well. */
const LOOK_AGAIN_MS = 1_000;

export interface Publish {
  readonly organizationId: string;
  readonly workflowId: string;
  readonly code: string;
  readonly sourceMap: string | null;
  /** The single-file source that it was built from, for showing; null for bundles. */
  readonly source: string | null;
  readonly createdBy: string | null;
  readonly signal?: AbortSignal;
}

export interface PublishedVersion {
  readonly versionId: string;
  readonly number: number;
  /** False: this content was already a version, and that one is answered. */
  readonly created: boolean;
}

interface Answer {
  readonly status: "pending" | "accepted" | "rejected";
  readonly error: { readonly message?: string; readonly issues?: readonly FieldIssue[] } | null;
  readonly versionId: string | null;
}

/**
 * Makes an immutable version of a bundle. A worker first loads it in a sandbox: what does not parse, throws
 * at import, exports no workflow or declares a wrong manifest is rejected here, not when it runs.
 *
 * @throws NotFoundError; TooLargeError; InvalidError `TENON_PUBLISH_REJECTED` (422) with the reason and place;
 *   UnavailableError when no worker answers in 30 s.
 */
export async function publish(
  parts: { readonly database: Database; readonly queue: RunQueue; readonly feed: RunFeed },
  request: Publish,
): Promise<PublishedVersion> {
  if (Buffer.byteLength(request.code) > BUNDLE_BYTES) {
    throw new TooLargeError(
      `The bundle is larger than ${String(BUNDLE_BYTES)} bytes; import less, or import smaller packages.`,
    );
  }
  if (Buffer.byteLength(request.sourceMap ?? "") > SOURCE_MAP_BYTES) {
    throw new TooLargeError(`The source map is larger than ${String(SOURCE_MAP_BYTES)} bytes.`);
  }
  const { organizationId, workflowId } = request;
  const bundleHash = contentHash(request.code, request.sourceMap ?? "");
  const publicationId = newId();
  const existing = await asOrganization(parts.database, organizationId, async (sql) => {
    const [workflow] =
      await sql`select 1 from workflows where organization_id = ${organizationId} and id = ${workflowId}`;
    if (workflow === undefined) {
      throw new NotFoundError("workflow", workflowId);
    }
    const version = await findVersion(sql, request, bundleHash);
    if (version === undefined) {
      await insertPublication(sql, request, { bundleHash, publicationId });
    }
    return version;
  });
  if (existing !== undefined) {
    return { ...existing, created: false };
  }
  const answer = waitForAnswer(parts, {
    organizationId,
    publicationId,
    ...(request.signal ? { signal: request.signal } : {}),
  });
  await parts.queue.addPublication({ publicationId, organizationId }).catch(() => undefined);
  return readAnswer(parts.database, request, await answer);
}

async function findVersion(sql: TenantSql, { organizationId, workflowId }: Publish, bundleHash: string) {
  const [version] = await sql<{ versionId: string; number: number }[]>`
    select id as version_id, number from versions
    where organization_id = ${organizationId} and workflow_id = ${workflowId} and bundle_hash = ${bundleHash}`;
  return version;
}

async function insertPublication(
  sql: TenantSql,
  request: Publish,
  { bundleHash, publicationId }: { readonly bundleHash: string; readonly publicationId: string },
): Promise<void> {
  const { organizationId, workflowId, code, sourceMap, source, createdBy } = request;
  await sql`
    insert into bundles (organization_id, hash, code, source_map, source)
    values (${organizationId}, ${bundleHash}, ${code}, ${sourceMap}, ${source})
    on conflict do nothing`;
  await sql`
    insert into publications (id, organization_id, workflow_id, bundle_hash, created_by)
    values (${publicationId}, ${organizationId}, ${workflowId}, ${bundleHash}, ${createdBy})`;
}

async function waitForAnswer(
  parts: { readonly database: Database; readonly feed: RunFeed },
  request: { readonly organizationId: string; readonly publicationId: string; readonly signal?: AbortSignal },
): Promise<Answer> {
  const deadline = Date.now() + CHECK_DEADLINE_MS;
  for (;;) {
    await notified(parts.feed, request.publicationId, request.signal);
    const [answer] = await asOrganization(
      parts.database,
      request.organizationId,
      async (sql) => sql<Answer[]>`
        select status, error, version_id from publications
        where organization_id = ${request.organizationId} and id = ${request.publicationId}`,
    );
    if (answer !== undefined && answer.status !== "pending") {
      return answer;
    }
    if (Date.now() > deadline || request.signal?.aborted) {
      throw new UnavailableError(
        "No worker has checked the workflow in 30 seconds; see that one is running, then publish again.",
      );
    }
  }
}

/** Resolves when the publication is announced, or after a moment without news. */
async function notified(feed: RunFeed, publicationId: string, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : LOOK_AGAIN_MS);
    const stop = feed.subscribe(publicationId, end);
  });
}

async function readAnswer(database: Database, request: Publish, answer: Answer): Promise<PublishedVersion> {
  const { organizationId } = request;
  if (answer.status === "rejected" || answer.versionId === null) {
    throw new InvalidError(`The workflow was not published: ${answer.error?.message ?? "it was rejected"}`, {
      code: "TENON_PUBLISH_REJECTED",
      status: 422,
      issues: answer.error?.issues ?? [],
    });
  }
  const [version] = await asOrganization(
    database,
    organizationId,
    async (sql) => sql<{ number: number }[]>`
      select number from versions where organization_id = ${organizationId} and id = ${answer.versionId}`,
  );
  return { versionId: answer.versionId, number: version?.number ?? 0, created: true };
}
