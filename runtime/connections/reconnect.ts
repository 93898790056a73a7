import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import type { ConnectionParts } from "./parts.ts";
import { sealCredential } from "./seal-credential.ts";
import type { Account, VerificationSummary } from "./verification.ts";
import { stampVerification } from "./verification.ts";

/** A new credential for a connection that exists. */
export interface Reconnection {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Default: the method that it has. */
  readonly method?: string;
  readonly credential: Credential;
  /** Plain fields; without them the present ones stay. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly oauthAppId: string | null;
  readonly account: Account | null;
  readonly scopes: readonly string[];
  readonly verification: VerificationSummary | null;
  readonly actor: Actor;
}

/** How what may be done has changed. */
export interface ScopeChange {
  readonly gainedScopes: string[];
  readonly lostScopes: string[];
}

/** A background renewal may take a version between our reading it and our writing; that many times in a row never. */
const TRIES = 5;

/**
 * Puts a new credential in the place of a connection's own: the id stays, and everything that refers to it.
 *
 * @throws NotFoundError; ConflictError `TENON_ACCOUNT_MISMATCH` when it is another upstream account, or none can be told.
 */
export async function reconnectConnection(
  parts: Pick<ConnectionParts, "database" | "keyring">,
  reconnection: Reconnection,
): Promise<ScopeChange> {
  const { organizationId, connectionId } = reconnection;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const from = await readVersion(parts, reconnection);
    const sealed = await sealCredential(parts.keyring, {
      organizationId,
      connectionId,
      version: from + 1,
      credential: reconnection.credential,
    });
    const change = await asOrganization(parts.database, organizationId, (sql) =>
      write(sql, reconnection, { from, sealed }),
    );
    if (change !== null) {
      return change;
    }
  }
  throw new ConflictError("The connection is being changed all the time; try again shortly.", {
    code: "TENON_CONNECTION_BUSY",
  });
}

async function readVersion(
  parts: Pick<ConnectionParts, "database">,
  { organizationId, connectionId }: Reconnection,
): Promise<number> {
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ version: number }[]>`
      select version from credentials where organization_id = ${organizationId} and connection_id = ${connectionId}`,
  );
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  return row.version;
}

interface Present {
  readonly connector: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly scopes: readonly string[];
}

/** Null: another version was written in between. */
async function write(
  sql: TenantSql,
  reconnection: Reconnection,
  credential: { readonly from: number; readonly sealed: Buffer },
): Promise<ScopeChange | null> {
  const { organizationId, connectionId, account, verification } = reconnection;
  // Held to the end: of two reconnects at once, the second is compared with what the first one left.
  const [present] = await sql<Present[]>`
    select connector, account_id, account_name, scopes from connections
    where organization_id = ${organizationId} and id = ${connectionId} for update`;
  if (present === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  requireSameAccount(present, account);
  const written = await sql`
    update credentials set data_sealed = ${credential.sealed}, version = ${credential.from + 1},
      oauth_app_id = ${reconnection.oauthAppId}, failures = 0, refreshed_at = now()
    where organization_id = ${organizationId} and connection_id = ${connectionId} and version = ${credential.from}
    returning 1`;
  if (written.length === 0) {
    return null;
  }
  await sql`
    update connections set status = ${verification?.ok === true ? "healthy" : "unverified"}, problem = null,
      method = ${reconnection.method ?? sql`method`},
      fields = ${reconnection.fields === undefined ? sql`fields` : sql.json(reconnection.fields)},
      secret_fields = ${Object.keys(reconnection.credential.fields)},
      account_id = ${account?.id ?? null}, account_name = ${account?.name ?? null},
      scopes = ${[...reconnection.scopes]},
      verification = ${verification === null ? null : sql.json(stampVerification(verification))},
      updated_at = now()
    where organization_id = ${organizationId} and id = ${connectionId}`;
  const change = compareScopes(present.scopes, reconnection.scopes);
  await auditConnection(sql, {
    organizationId,
    connectionId,
    actor: reconnection.actor,
    action: "connection.reconnect",
    details: { connector: present.connector, version: credential.from + 1, ...change },
  });
  return change;
}

function requireSameAccount(present: Present, account: Account | null): void {
  if (present.accountId === null || present.accountId === account?.id) {
    return;
  }
  const had = present.accountName ?? present.accountId;
  throw new ConflictError(
    account === null
      ? `This connection belongs to the account "${had}", and the new credential does not tell whose it is; verify it, or make a new connection.`
      : `This connection belongs to the account "${had}", but the new credential is of "${account.name ?? account.id}"; sign in with the same account, or make a new connection.`,
    { code: "TENON_ACCOUNT_MISMATCH" },
  );
}

function compareScopes(before: readonly string[], after: readonly string[]): ScopeChange {
  return {
    gainedScopes: after.filter((scope) => !before.includes(scope)),
    lostScopes: before.filter((scope) => !after.includes(scope)),
  };
}
