import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { admit } from "./breaker.ts";
import { lastCallAt, spendsRefreshToken } from "./due.ts";
import type { Provider, Trouble } from "./incident.ts";
import { abandonIntents, callsSince, unsettledEntries, writeIntent } from "./journal.ts";
import type { JournalEntry } from "./journal.ts";
import { releaseLease, takeLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts, RefreshReason } from "./refresh-parts.ts";
import type { Subject } from "./refresh-subject.ts";

/** How a renewal goes on once it was asked for. All but `call` and `answered` leave no lease behind. */
export type Begun =
  /** Another one has the lease, or the version is not the one that was read. */
  | { readonly kind: "held" }
  /** The provider's pace, its being down (`cause`), or the connection's `own` quota puts the call off. */
  | { readonly kind: "later"; readonly at: number; readonly cause: Trouble | null; readonly own: boolean }
  /** An earlier call may have arrived and may still be answered; asking again could end the grant. */
  | { readonly kind: "patience"; readonly until: number }
  /** An earlier call was answered, and nobody has applied the answer. */
  | { readonly kind: "answered"; readonly entry: JournalEntry }
  /** The intent is journaled: the call is to be made at `startAt`. `repeats`: how many calls it repeats. */
  | { readonly kind: "call"; readonly startAt: number; readonly repeats: number };

/** The OAuth app that a subject is renewed by, as breakers and quotas know it. */
export function providerOf(subject: Subject): Provider {
  return {
    organizationId: subject.organizationId,
    connector: subject.connector.slug,
    app: subject.oauthAppId ?? "",
  };
}

/** The quota of a subject's provider, when it counts for what is asked about. */
export function quotaOf(subject: Subject, of: "app" | "connection") {
  const quota = subject.method.type === "oauth2" ? subject.method.refresh.quota : undefined;
  return quota?.of === of ? quota : null;
}

/**
 * Takes the lease, looks what earlier calls have left, asks the provider's breaker and pace, and journals the intent:
 * one transaction, so that there is no call without an entry and no entry without a lease.
 *
 * @param intentId - Names the entry, so that a repetition after a lost commit knows its own.
 */
export async function beginRefresh(
  parts: Pick<RefreshParts, "database" | "now">,
  subject: Subject,
  ask: { readonly lease: Lease; readonly reason: RefreshReason; readonly intentId: string },
): Promise<Begun> {
  return asOrganization(parts.database, subject.organizationId, async (sql) => {
    // The connection first, everywhere: a deletion takes the rows in this order too.
    // Sent by `then`, before the lease's statement: the lock on the connection must be the first.
    const locking = sql`
      select 1 from connections where organization_id = ${subject.organizationId} and id = ${subject.connectionId}
      for key share`.then((rows) => rows.length > 0);
    const [exists, leased] = await Promise.all([locking, takeLease(sql, ask.lease)]);
    if (!exists || !leased) {
      return { kind: "held" };
    }
    const begun = await decide(sql, subject, { ...ask, now: nowOf(parts) });
    if (begun.kind === "later" || begun.kind === "patience") {
      await releaseLease(sql, ask.lease, putOff(begun, ask.reason));
    }
    return begun;
  });
}

/** A due connection that its provider's pace or outage puts off stays due: who waited longest goes first. */
function putOff(
  begun: Extract<Begun, { kind: "later" | "patience" }>,
  reason: RefreshReason,
): Date | undefined {
  if (reason !== "due" || (begun.kind === "later" && !begun.own)) {
    return undefined;
  }
  return new Date(begun.kind === "later" ? begun.at : begun.until);
}

async function decide(
  sql: TenantSql,
  subject: Subject,
  ask: {
    readonly lease: Lease;
    readonly reason: RefreshReason;
    readonly intentId: string;
    readonly now: number;
  },
): Promise<Begun> {
  const entries = (await unsettledEntries(sql, ask.lease)).filter(({ id }) => id !== ask.intentId);
  const answered = entries.find(({ state }) => state === "answered");
  if (answered !== undefined) {
    return { kind: "answered", entry: answered };
  }
  const patience = patienceUntil(subject, entries, ask);
  if (patience > ask.now) {
    return { kind: "patience", until: patience };
  }
  const own = await ownQuota(sql, subject, ask.now);
  if (own !== null) {
    return { kind: "later", at: own, cause: null, own: true };
  }
  const admission = await admit(sql, providerOf(subject), {
    quota: quotaOf(subject, "app"),
    now: ask.now,
    background: ask.reason === "due",
  });
  if (!admission.admitted) {
    return { kind: "later", at: admission.askAt, cause: admission.cause, own: false };
  }
  if (entries.length > 0) {
    await abandonIntents(sql, ask.lease);
  }
  await writeIntent(sql, { ...ask.lease, id: ask.intentId, reason: ask.reason, at: new Date(ask.now) });
  return { kind: "call", startAt: admission.startAt, repeats: entries.length };
}

/**
 * Until when a call is not repeated that somebody made and has not told the end of: a stopped process may still bring
 * its answer. It is repeated at once where a spent refresh token does no harm, because none is ever spent or its grace
 * lasts; otherwise when nothing is left to lose, because the access token is about to end, or has ended.
 */
function patienceUntil(
  subject: Subject,
  entries: readonly JournalEntry[],
  ask: { readonly reason: RefreshReason; readonly now: number },
): number {
  const { method } = subject;
  const first = entries.findLast(({ state }) => state === "intent");
  if (first === undefined || method.type !== "oauth2" || ask.reason === "expired") {
    return ask.now;
  }
  if (!spendsRefreshToken(method)) {
    return ask.now;
  }
  const inGrace = ask.now < first.createdAt.getTime() + method.refresh.grace * 1_000;
  return inGrace ? ask.now : (lastCallAt(method, subject.credential) ?? ask.now);
}

/** When the next call of this one connection fits into its own quota; null: now. */
async function ownQuota(sql: TenantSql, subject: Subject, now: number): Promise<number | null> {
  const quota = quotaOf(subject, "connection");
  if (quota === null) {
    return null;
  }
  const { calls, earliest } = await callsSince(sql, { ...subject, since: new Date(now - quota.per * 1_000) });
  return calls < quota.requests || earliest === null ? null : earliest.getTime() + quota.per * 1_000;
}
