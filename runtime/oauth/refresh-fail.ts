import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { announceStatus, auditRefresh } from "./announce.ts";
import type { Problem } from "./announce.ts";
import { noteFailure, noteRefusal } from "./breaker.ts";
import { expiresAt } from "./credential.ts";
import { retryAt } from "./due.ts";
import type { Trouble } from "./incident.ts";
import { closeEntry, unsettledEntries } from "./journal.ts";
import type { JournalEntry } from "./journal.ts";
import type { Lease } from "./lease.ts";
import { markTroubled } from "./mark-troubled.ts";
import type { TokenAnswer } from "./protocol/context.ts";
import { providerOf, quotaOf } from "./refresh-begin.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts } from "./refresh-parts.ts";
import type { Subject } from "./refresh-subject.ts";

/** An answer that brought no tokens. */
export type NoTokens = Exclude<TokenAnswer, { readonly kind: "tokens" }>;

/** So many failures of one connection in a row are worth a status, also while its access token still works. */
const DEGRADED_AFTER = 3;

/** What became of it: noted, overtaken by a newer version or lease, or an earlier call's answer turned up. */
export type FailureNoted =
  | { readonly kind: "noted"; readonly usable: boolean }
  | { readonly kind: "superseded" }
  | { readonly kind: "answered"; readonly entry: JournalEntry };

/**
 * Notes a failed call in one transaction: when it is tried again, what the connection's status is, what it says of the
 * provider. Only `invalid_grant` is final, and only because the lease says that the version is the current one.
 */
export async function noteNoTokens(
  parts: Pick<RefreshParts, "database" | "now">,
  subject: Subject,
  failed: { readonly lease: Lease; readonly entryId: string; readonly answer: NoTokens },
): Promise<FailureNoted> {
  const { organizationId, connectionId } = subject;
  const now = nowOf(parts);
  return asOrganization(parts.database, organizationId, async (sql) => {
    const [[before], late] = await Promise.all([
      sql<{ status: string }[]>`
        select status from connections where organization_id = ${organizationId} and id = ${connectionId} for update`,
      unsettledEntries(sql, failed.lease),
    ]);
    const answered = late.find(({ state, id }) => state === "answered" && id !== failed.entryId);
    await closeEntry(sql, {
      organizationId,
      id: failed.entryId,
      state: "failed",
      outcome: outcomeOf(failed.answer),
    });
    if (answered !== undefined) {
      return { kind: "answered", entry: answered };
    }
    if (before === undefined || !(await reschedule(sql, subject, failed, now))) {
      return { kind: "superseded" };
    }
    const trouble = await tellProvider(sql, subject, failed.answer, now);
    await setStatus(sql, subject, { from: before.status, answer: failed.answer, trouble, now });
    if (trouble !== null) {
      await markTroubled(sql, providerOf(subject), {
        kind: trouble,
        message: failed.answer.message,
        at: new Date(now),
      });
    }
    return { kind: "noted", usable: isUsable(subject, now) };
  });
}

/** Whether the access token at hand still works, as far as its end is known. */
export function isUsable(subject: Subject, now: number): boolean {
  const end = expiresAt(subject.credential);
  return end === null || end > now;
}

function outcomeOf(answer: NoTokens): string {
  if (answer.kind === "refused") {
    return answer.code;
  }
  return answer.mayHaveArrived ? "unanswered" : "unavailable";
}

/** Gives the lease back. False: it was not ours any more, and what we know is out of date. */
async function reschedule(
  sql: TenantSql,
  subject: Subject,
  failed: { readonly lease: Lease; readonly answer: NoTokens },
  now: number,
): Promise<boolean> {
  const { organizationId, connectionId } = subject;
  const rows = await sql`
    update credentials set failures = failures + 1, due_at = ${nextTry(subject, failed.answer, now)},
      lease_token = null, lease_expires_at = null
    where organization_id = ${organizationId} and connection_id = ${connectionId}
      and version = ${subject.version} and lease_token = ${failed.lease.token}
    returning 1`;
  return rows.length === 1;
}

function nextTry(subject: Subject, answer: NoTokens, now: number): Date | null {
  const { credential, failures } = subject;
  if (answer.kind === "refused" && answer.code === "invalid_grant") {
    return null;
  }
  const next = retryAt(failures + 1, expiresAt(credential), now);
  if (answer.kind === "refused") {
    return new Date(next);
  }
  return new Date(Math.max(next, now + (answer.retryAfterMs ?? 0)));
}

async function tellProvider(
  sql: TenantSql,
  subject: Subject,
  answer: NoTokens,
  now: number,
): Promise<Trouble | null> {
  const provider = providerOf(subject);
  if (answer.kind === "refused" && answer.code !== "invalid_client") {
    await noteRefusal(sql, provider, { quota: quotaOf(subject, "app"), now, ...answer });
    return null;
  }
  const kind = answer.kind === "refused" ? "invalid_client" : "provider_down";
  // Without an app of the organization each connection has a client of its own: its refusal says nothing of others.
  if (subject.method.type !== "oauth2" || (kind === "invalid_client" && provider.app === "")) {
    return null;
  }
  const retryAfterMs = answer.kind === "unavailable" ? answer.retryAfterMs : null;
  return noteFailure(sql, provider, { kind, message: answer.message, retryAfterMs, now });
}

async function setStatus(
  sql: TenantSql,
  subject: Subject,
  failed: {
    readonly from: string;
    readonly answer: NoTokens;
    readonly trouble: Trouble | null;
    readonly now: number;
  },
): Promise<void> {
  const { organizationId, connectionId } = subject;
  const to = statusAfter(subject, failed);
  const at = new Date(failed.now);
  const problem: Problem = { code: codeOf(failed.answer), message: failed.answer.message };
  await sql`
    update connections set status = ${to}, updated_at = now(),
      problem = ${to === "healthy" || to === "unverified" ? sql`problem` : sql.json({ ...problem, at: at.toISOString() })}
    where organization_id = ${organizationId} and id = ${connectionId}`;
  if (to === failed.from) {
    return;
  }
  const about = { ...subject, connector: subject.connector.slug };
  await announceStatus(sql, about, { from: failed.from, to, problem, at });
  await auditRefresh(sql, about, { outcome: "failed", details: { code: problem.code, status: to } });
}

function statusAfter(
  subject: Subject,
  failed: { readonly from: string; readonly answer: NoTokens; readonly now: number },
): string {
  const { answer, from, now } = failed;
  if (answer.kind === "refused") {
    return { invalid_grant: "reauthorize", invalid_client: "app_misconfigured", other: "degraded" }[
      answer.code
    ];
  }
  if (!isUsable(subject, now)) {
    return "provider_down";
  }
  return subject.failures + 1 >= DEGRADED_AFTER ? "degraded" : from;
}

function codeOf(answer: NoTokens): string {
  if (answer.kind === "unavailable") {
    return "TENON_PROVIDER_UNAVAILABLE";
  }
  return {
    invalid_grant: "TENON_CONNECTION_REAUTHORIZE",
    invalid_client: "TENON_APP_MISCONFIGURED",
    other: "TENON_PROVIDER_REFUSED",
  }[answer.code];
}
