import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import type { Place } from "#runtime/vault/place.ts";
import { seal } from "#runtime/vault/seal.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import type { Credential } from "./credential.ts";
import { scheduleOf } from "./due.ts";
import type { Schedule } from "./due.ts";
import { endsAt } from "./ends-at.ts";

/** A credential that is about to be written: sealed for its version, and planned. */
export interface PreparedCredential {
  readonly organizationId: string;
  readonly connectionId: string;
  /** The connector's slug. */
  readonly connector: string;
  readonly oauthAppId: string | null;
  /** The version that it replaces; null: the first one. */
  readonly from: number | null;
  readonly version: number;
  readonly sealed: Buffer;
  readonly schedule: Schedule;
  /** When it ends however often it is renewed; null: never. */
  readonly endsAt: Date | null;
}

/**
 * What is needed to prepare a credential. `now`: when it was received; default: the system's clock. `previous`: what
 * it was renewed from.
 */
export interface CredentialToStore {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly method: AuthMethod;
  readonly oauthAppId: string | null;
  readonly from: number | null;
  readonly credential: Credential;
  readonly previous?: Credential;
  readonly now?: Date;
}

/** Seals and plans a credential. Before the transaction, as every sealing: it takes a database connection of its own. */
export async function prepareCredential(
  keyring: Keyring,
  given: CredentialToStore,
): Promise<PreparedCredential> {
  const { organizationId, connectionId, connector, oauthAppId, from } = given;
  const version = (from ?? 0) + 1;
  const now = (given.now ?? new Date()).getTime();
  const place = credentialPlace({ organizationId, connectionId, version });
  return {
    organizationId,
    connectionId,
    connector,
    oauthAppId,
    from,
    version,
    sealed: await seal(keyring, place, JSON.stringify(given.credential)),
    schedule: scheduleOf(given.method, given.credential, now),
    endsAt: endsAt(given.method, given.credential, { previous: given.previous ?? null, now }),
  };
}

/**
 * Writes a prepared credential of a connection whose row is there already, and the connection's `expires_at`,
 * `reconnect_by` and `ends_at`. Ends whatever renewal is under way: its answer belongs to the version before.
 *
 * @returns False when the version is not `from` any more: nothing was written, read and prepare again.
 */
export async function writeCredential(sql: TenantSql, prepared: PreparedCredential): Promise<boolean> {
  const { organizationId, connectionId, schedule } = prepared;
  // The connection first, everywhere: whoever takes both rows takes them in this order.
  await sql`
    select 1 from connections where organization_id = ${organizationId} and id = ${connectionId} for update`;
  const written = prepared.from === null ? await insert(sql, prepared) : await replace(sql, prepared);
  if (!written) {
    return false;
  }
  await sql`
    update connections set expires_at = ${schedule.expiresAt}, reconnect_by = ${schedule.reconnectBy},
      ends_at = ${prepared.endsAt}, updated_at = now()
    where organization_id = ${organizationId} and id = ${connectionId}`;
  await sql`
    update refresh_journal set state = 'abandoned', outcome = 'replaced', answer_sealed = null, finished_at = now()
    where organization_id = ${organizationId} and connection_id = ${connectionId}
      and (state in ('intent', 'answered') or outcome in ('unanswered', 'lost'))`;
  return true;
}

async function insert(sql: TenantSql, prepared: PreparedCredential): Promise<boolean> {
  const { organizationId, connectionId, connector, oauthAppId, sealed, version, schedule } = prepared;
  await sql`
    insert into credentials (connection_id, organization_id, connector, oauth_app_id, version, data_sealed, expires_at, due_at)
    values (${connectionId}, ${organizationId}, ${connector}, ${oauthAppId}, ${version}, ${sealed},
      ${schedule.expiresAt}, ${schedule.dueAt})`;
  return true;
}

async function replace(sql: TenantSql, prepared: PreparedCredential): Promise<boolean> {
  const { organizationId, connectionId, oauthAppId, sealed, version, schedule } = prepared;
  const rows = await sql`
    update credentials set version = ${version}, data_sealed = ${sealed}, oauth_app_id = ${oauthAppId},
      expires_at = ${schedule.expiresAt}, due_at = ${schedule.dueAt}, failures = 0, refreshed_at = now(),
      lease_token = null, lease_expires_at = null
    where organization_id = ${organizationId} and connection_id = ${connectionId} and version = ${prepared.from}
    returning 1`;
  return rows.length === 1;
}

interface CredentialVersion {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly version: number;
}

/** Opens the credential of one version of one connection. Outside of any transaction. */
export async function openCredential(
  keyring: Keyring,
  given: CredentialVersion & { readonly sealed: Buffer },
): Promise<Credential> {
  return JSON.parse(await openText(keyring, credentialPlace(given), given.sealed)) as Credential;
}

function credentialPlace({ organizationId, connectionId, version }: CredentialVersion): Place {
  return { organizationId, table: "credentials", row: connectionId, column: "data", version };
}
