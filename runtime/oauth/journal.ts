import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Place } from "#runtime/vault/place.ts";
import type { RefreshReason } from "./refresh-parts.ts";

/** One token call: written before it is made; its answer, before anything else is done with it. */
export interface JournalEntry {
  readonly id: string;
  readonly credentialVersion: number;
  readonly state: "intent" | "answered" | "failed";
  readonly answerSealed: Buffer | null;
  /** By the engine's clock. */
  readonly createdAt: Date;
}

interface Of {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** Where the answer of a token call is sealed. */
export function answerPlace(organizationId: string, id: string): Place {
  return { organizationId, table: "refresh_journal", row: id, column: "answer", version: 1 };
}

/**
 * What is known of calls for this version: answers that nobody has applied yet, and calls that nobody heard back of.
 */
export async function unsettledEntries(
  sql: TenantSql,
  of: Of & { readonly version: number },
): Promise<readonly JournalEntry[]> {
  return sql<JournalEntry[]>`
    select id, credential_version, state, answer_sealed, created_at from refresh_journal
    where organization_id = ${of.organizationId} and connection_id = ${of.connectionId}
      and credential_version = ${of.version}
      and (state in ('intent', 'answered') or (state = 'failed' and outcome = 'unanswered'))
    order by id desc`;
}

/** Notes that a call is about to be made. Repeated, it stays one entry. */
export async function writeIntent(
  sql: TenantSql,
  intent: Of & {
    readonly id: string;
    readonly version: number;
    readonly reason: RefreshReason;
    readonly at: Date;
  },
): Promise<void> {
  await sql`
    insert into refresh_journal (id, organization_id, connection_id, credential_version, reason, created_at)
    values (${intent.id}, ${intent.organizationId}, ${intent.connectionId}, ${intent.version}, ${intent.reason}, ${intent.at})
    on conflict (id) do nothing`;
}

/**
 * Notes the answer of a call, also of one that others have given up for lost meanwhile. Needs no lease: it is written
 * beside the credential, not over it. False: the connection is gone, a person has connected it anew, or another call has renewed it.
 */
export async function writeAnswer(
  sql: TenantSql,
  answer: { readonly organizationId: string; readonly id: string; readonly sealed: Buffer },
): Promise<boolean> {
  const rows = await sql`
    update refresh_journal set state = 'answered', answer_sealed = ${answer.sealed}, answered_at = now(), finished_at = null
    where organization_id = ${answer.organizationId} and id = ${answer.id}
      and (state in ('intent', 'answered') or outcome = 'lost')
      and credential_version = (
        select version from credentials k
        where k.organization_id = ${answer.organizationId} and k.connection_id = refresh_journal.connection_id)
    returning 1`;
  return rows.length === 1;
}

/** Closes an entry. Its sealed answer goes: where it was applied, the credential holds it. */
export async function closeEntry(
  sql: TenantSql,
  entry: {
    readonly organizationId: string;
    readonly id: string;
    readonly state: "applied" | "failed" | "abandoned";
    readonly outcome: string;
  },
): Promise<void> {
  await sql`
    update refresh_journal set state = ${entry.state}, outcome = ${entry.outcome}, answer_sealed = null, finished_at = now()
    where organization_id = ${entry.organizationId} and id = ${entry.id}`;
}

/** Gives up the calls for a version whose end nobody has told: another one is about to be made. */
export async function abandonIntents(sql: TenantSql, of: Of & { readonly version: number }): Promise<void> {
  await sql`
    update refresh_journal set state = 'abandoned', outcome = 'lost', finished_at = now()
    where organization_id = ${of.organizationId} and connection_id = ${of.connectionId}
      and credential_version = ${of.version} and state = 'intent'`;
}

/** Closes what other calls for a version have left that one of them has replaced: the tokens of a process that died must not stay. */
export async function supersedeOthers(
  sql: TenantSql,
  of: Of & { readonly version: number; readonly appliedId: string },
): Promise<void> {
  await sql`
    update refresh_journal set state = 'abandoned', outcome = 'superseded', answer_sealed = null, finished_at = now()
    where organization_id = ${of.organizationId} and connection_id = ${of.connectionId}
      and credential_version <= ${of.version} and id <> ${of.appliedId} and state in ('intent', 'answered')`;
}

/** Whether a call for this version ended in failure since a moment: then whoever waited for it shares its failure. */
export async function failedSince(
  sql: TenantSql,
  of: Of & { readonly version: number; readonly waitedMs: number },
): Promise<boolean> {
  const rows = await sql`
    select 1 from refresh_journal
    where organization_id = ${of.organizationId} and connection_id = ${of.connectionId}
      and credential_version = ${of.version} and state = 'failed'
      and finished_at >= now() - make_interval(secs => ${of.waitedMs / 1_000})
    limit 1`;
  return rows.length > 0;
}

/** Token calls of one connection since a moment: how many, and the earliest. */
export async function callsSince(
  sql: TenantSql,
  of: Of & { readonly since: Date },
): Promise<{ readonly calls: number; readonly earliest: Date | null }> {
  const [row] = await sql<{ calls: number; earliest: Date | null }[]>`
    select count(*)::integer as calls, min(created_at) as earliest from refresh_journal
    where organization_id = ${of.organizationId} and connection_id = ${of.connectionId} and created_at > ${of.since}`;
  return row ?? { calls: 0, earliest: null };
}
