import { setTimeout as delay } from "node:timers/promises";
import { asOrganization } from "#runtime/db/tenant.ts";
import { openText } from "#runtime/vault/open.ts";
import { seal } from "#runtime/vault/seal.ts";
import { announceRefresh, announceStatus, auditRefresh } from "./announce.ts";
import { noteSuccess } from "./breaker.ts";
import type { Credential, OAuthApp } from "./credential.ts";
import { answerPlace, closeEntry, supersedeOthers, writeAnswer } from "./journal.ts";
import type { JournalEntry } from "./journal.ts";
import { LEASE_SECONDS, takeLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { persist } from "./persist.ts";
import { revokeTokens } from "./protocol/revoke-tokens.ts";
import { providerOf, quotaOf } from "./refresh-begin.ts";
import { appOf, contextOf } from "./refresh-call.ts";
import { nowOf } from "./refresh-parts.ts";
import type { RefreshParts, RefreshResult } from "./refresh-parts.ts";
import { readVersion } from "./refresh-subject.ts";
import type { Subject } from "./refresh-subject.ts";
import { prepareCredential } from "./store-credential.ts";
import type { PreparedCredential } from "./store-credential.ts";

/** An answer is the only copy of a refresh token: as long as this process lives, and the database may come back. */
const KEEP_ANSWER_MS = 900_000;
const APPLY_MS = 120_000;
const POLL_MS = 250;

/** Journals the tokens of an answer before anything else is done with them. False: nobody wants them any more. */
export async function recordAnswer(
  parts: RefreshParts,
  subject: Subject,
  answer: { readonly entryId: string; readonly credential: Credential },
): Promise<boolean> {
  const { organizationId } = subject;
  let sealed: Buffer | null = null;
  return persist({ what: "the answer of a token call", forMs: KEEP_ANSWER_MS, log: parts.log }, async () => {
    const place = answerPlace(organizationId, answer.entryId);
    const bytes = (sealed ??= await seal(parts.keyring, place, JSON.stringify(answer.credential)));
    return asOrganization(parts.database, organizationId, (sql) =>
      writeAnswer(sql, { organizationId, id: answer.entryId, sealed: bytes }),
    );
  });
}

/** Opens the answer of an earlier call that nobody has applied. */
export async function openAnswer(
  parts: RefreshParts,
  subject: Subject,
  entry: JournalEntry,
): Promise<Credential> {
  const place = answerPlace(subject.organizationId, entry.id);
  const text = await openText(parts.keyring, place, entry.answerSealed ?? Buffer.alloc(0));
  return JSON.parse(text) as Credential;
}

/**
 * Makes a journaled answer the credential's next version. Only the holder of the lease writes it, and only over the
 * version that was asked for. A holder that slept through its lease takes it again; where another one has it or has
 * written, the answer stays in the journal for it, or is given up.
 */
export async function applyAnswer(
  parts: RefreshParts,
  subject: Subject,
  answer: { readonly lease: Lease; readonly entryId: string; readonly credential: Credential },
): Promise<RefreshResult> {
  const { organizationId, connectionId, version } = subject;
  const deadline = Date.now() + 2 * LEASE_SECONDS * 1_000;
  const options = { what: "a renewed credential", forMs: APPLY_MS, log: parts.log };
  for (;;) {
    const prepared = await prepare(parts, subject, answer.credential);
    if (await persist(options, async () => write(parts, subject, { ...answer, prepared }))) {
      return { status: "refreshed", version: prepared.version };
    }
    const current = await persist(options, async () => readVersion(parts, subject));
    if (current !== version) {
      await persist(options, async () =>
        asOrganization(parts.database, organizationId, (sql) =>
          closeEntry(sql, {
            organizationId,
            id: answer.entryId,
            state: "abandoned",
            outcome: "superseded",
          }),
        ),
      );
      parts.log.warn({ connectionId, version, current }, "an answer came too late: a newer version is there");
      // Or the connection is gone or disconnected: then these tokens are nobody's.
      const app = await persist({ ...options, what: "the opening of an OAuth app" }, async () =>
        appOf(parts, subject),
      );
      return revokeUnwanted(parts, subject, app, answer.credential);
    }
    const again = await persist(options, async () =>
      asOrganization(parts.database, organizationId, (sql) => takeLease(sql, answer.lease)),
    );
    if (!again) {
      if (Date.now() > deadline) {
        return { status: "unavailable", message: "Another renewal is under way.", usable: true };
      }
      await delay(POLL_MS);
    }
  }
}

function gone(): RefreshResult {
  return { status: "reauthorize", message: "The connection was deleted or disconnected.", usable: false };
}

async function prepare(
  parts: RefreshParts,
  subject: Subject,
  credential: Credential,
): Promise<PreparedCredential> {
  return persist({ what: "the sealing of a credential", forMs: APPLY_MS, log: parts.log }, async () =>
    prepareCredential(parts.keyring, {
      ...subject,
      connector: subject.connector.slug,
      from: subject.version,
      credential,
      previous: subject.credential,
      now: new Date(nowOf(parts)),
    }),
  );
}

/** One transaction: the credential, the connection, the provider's state, the events, the audit row, the journal. */
async function write(
  parts: RefreshParts,
  subject: Subject,
  applied: { readonly lease: Lease; readonly entryId: string; readonly prepared: PreparedCredential },
): Promise<boolean> {
  const { organizationId, connectionId } = subject;
  const { prepared } = applied;
  const { schedule } = prepared;
  const at = new Date(nowOf(parts));
  return asOrganization(parts.database, organizationId, async (sql) => {
    const [[before], written] = await Promise.all([
      sql<{ status: string }[]>`
        select status from connections where organization_id = ${organizationId} and id = ${connectionId} for update`,
      sql`
        update credentials set version = ${prepared.version}, data_sealed = ${prepared.sealed},
          expires_at = ${schedule.expiresAt}, due_at = ${schedule.dueAt}, failures = 0, refreshed_at = ${at},
          lease_token = null, lease_expires_at = null
        where organization_id = ${organizationId} and connection_id = ${connectionId}
          and version = ${subject.version} and lease_token = ${applied.lease.token}
        returning 1`,
    ]);
    if (before === undefined || written.length === 0) {
      return false;
    }
    const about = { ...subject, connector: subject.connector.slug };
    await Promise.all([
      sql`
        update connections set status = 'healthy', problem = null, expires_at = ${schedule.expiresAt},
          reconnect_by = ${schedule.reconnectBy}, ends_at = ${prepared.endsAt}, updated_at = now()
        where organization_id = ${organizationId} and id = ${connectionId}`,
      closeEntry(sql, { organizationId, id: applied.entryId, state: "applied", outcome: "tokens" }),
      supersedeOthers(sql, { ...subject, appliedId: applied.entryId }),
      noteSuccess(sql, providerOf(subject), { quota: quotaOf(subject, "app"), now: at.getTime() }),
      announceRefresh(sql, about, { version: prepared.version, expiresAt: schedule.expiresAt, at }),
      announceStatus(sql, about, { from: before.status, to: "healthy", problem: null, at }),
      auditRefresh(sql, about, { outcome: "success", details: { version: prepared.version } }),
    ]);
    return true;
  });
}

/** Tokens of a connection that was deleted or disconnected meanwhile are ended at the provider, as far as it lets us. */
export async function revokeUnwanted(
  parts: RefreshParts,
  subject: Subject,
  app: OAuthApp | null,
  credential: Credential,
): Promise<RefreshResult> {
  const context = contextOf(parts, subject, app, AbortSignal.timeout(30_000));
  const left = await persist({ what: "a look at a connection", forMs: APPLY_MS, log: parts.log }, async () =>
    readLeft(parts, subject),
  );
  if (left !== null && left.status !== "disconnected") {
    return { status: "fresh", version: left.version };
  }
  const revoked = context === null ? null : await revokeTokens(context, credential);
  parts.log.info(
    { connectionId: subject.connectionId, revoked: revoked?.revoked ?? false },
    "a connection was given up during its renewal",
  );
  return gone();
}

/** What is left of a connection; null: it was deleted. */
async function readLeft(
  parts: RefreshParts,
  { organizationId, connectionId }: Subject,
): Promise<{ readonly version: number; readonly status: string } | null> {
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ version: number; status: string }[]>`
      select k.version, c.status from connections c
      join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
      where c.organization_id = ${organizationId} and c.id = ${connectionId}`,
  );
  return row ?? null;
}
