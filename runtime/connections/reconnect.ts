import { afterDeadlocks } from "#runtime/db/after-deadlocks.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError, NotFoundError } from "#runtime/errors.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import type { PreparedCredential } from "#runtime/oauth/store-credential.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { loadMethod } from "./method.ts";
import { ownerOf } from "./owner.ts";
import type { ConnectionOwner } from "./owner.ts";
import type { ConnectionParts } from "./parts.ts";
import { requireNewAccount } from "./same-account.ts";
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
  /** The version that the credential was made from, where it was: it must not replace a later one. */
  readonly from?: number;
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
 * @param action - What the audit trail calls it.
 * @throws NotFoundError; ConflictError `TENON_ACCOUNT_MISMATCH` when it is another upstream account, or none can be
 * told; `TENON_ACCOUNT_CONNECTED` when another connection of the owner has the account by now, which it names.
 */
export async function reconnectConnection(
  parts: Pick<ConnectionParts, "database" | "keyring" | "catalogue">,
  reconnection: Reconnection,
  action: "connection.reconnect" | "connection.update" = "connection.reconnect",
): Promise<ScopeChange> {
  const { organizationId, connectionId, oauthAppId, credential } = reconnection;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const present = await readPresent(parts, reconnection);
    if (reconnection.from !== undefined && reconnection.from !== present.version) {
      break;
    }
    const { method } = await loadMethod(parts.catalogue, {
      organizationId,
      connector: present.connector,
      method: reconnection.method ?? present.method,
    });
    const prepared = await prepareCredential(parts.keyring, {
      organizationId,
      connectionId,
      connector: present.connector,
      method,
      oauthAppId,
      from: present.version,
      credential,
    });
    const change = await afterDeadlocks(async () =>
      asOrganization(parts.database, organizationId, (sql) =>
        write(sql, reconnection, { prepared, method: method.id, action }),
      ),
    ).catch(passOver);
    if (change !== null) {
      return change;
    }
  }
  throw new ConflictError("The connection is being changed all the time; try again shortly.", {
    code: "TENON_CONNECTION_BUSY",
  });
}

/** Ends the transaction of a write that came too late: what it had changed is taken back. */
class Overtaken extends Error {}

function passOver(error: unknown): null {
  if (error instanceof Overtaken) {
    return null;
  }
  throw error;
}

async function readPresent(
  parts: Pick<ConnectionParts, "database">,
  { organizationId, connectionId }: Reconnection,
): Promise<{ readonly connector: string; readonly method: string; readonly version: number }> {
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ connector: string; method: string; version: number }[]>`
      select c.connector, c.method, k.version from connections c
      join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
      where c.organization_id = ${organizationId} and c.id = ${connectionId}`,
  );
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  return row;
}

interface Present {
  readonly environmentId: string;
  readonly connector: string;
  readonly owner: ConnectionOwner["kind"];
  readonly customerId: string | null;
  readonly customerUser: string | null;
  readonly status: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly scopes: readonly string[];
}

async function write(
  sql: TenantSql,
  reconnection: Reconnection,
  how: { readonly prepared: PreparedCredential; readonly method: string; readonly action: string },
): Promise<ScopeChange> {
  const { organizationId, connectionId, account, verification } = reconnection;
  // Held to the end: of two reconnects at once, the second is compared with what the first one left.
  const [present] = await sql<Present[]>`
    select environment_id, connector, owner, customer_id, customer_user, status, account_id, account_name, scopes
    from connections
    where organization_id = ${organizationId} and id = ${connectionId} for update`;
  if (present === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  requireSameAccount(present, account);
  await requireFreeAccount(sql, reconnection, present);
  if (!(await writeCredential(sql, how.prepared))) {
    throw new Overtaken();
  }
  await sql`
    update connections set status = ${verification?.ok === true ? "healthy" : "unverified"}, problem = null,
      method = ${how.method},
      fields = ${reconnection.fields === undefined ? sql`fields` : sql.json(reconnection.fields)},
      secret_fields = ${Object.keys(reconnection.credential.fields)},
      account_id = ${account?.id ?? null}, account_name = ${account?.name ?? null},
      scopes = ${[...reconnection.scopes]},
      verification = ${verification === null ? null : sql.json(stampVerification(verification))},
      updated_at = now()
    where organization_id = ${organizationId} and id = ${connectionId}`;
  if (!WELL.has(present.status)) {
    await emitConnectionEvent(sql, { organizationId, connectionId, type: "connection.recovered" });
  }
  const change = compareScopes(present.scopes, reconnection.scopes);
  await auditConnection(sql, {
    organizationId,
    connectionId,
    actor: reconnection.actor,
    action: how.action,
    details: { connector: present.connector, version: how.prepared.version, ...change },
  });
  return change;
}

/** States that nobody has to recover from. */
const WELL = new Set(["unverified", "healthy"]);

function requireSameAccount(present: Present, account: Account | null): void {
  if (present.accountId === null || present.accountId === account?.id) {
    return;
  }
  const had = named({ id: present.accountId, name: present.accountName });
  throw new ConflictError(
    account === null
      ? `This connection belongs to the account "${had}", and the new credential does not tell whose it is; verify it, or make a new connection.`
      : `This connection belongs to the account "${had}", but the new credential is of "${named(account)}"; sign in with the same account, or make a new connection.`,
    { code: "TENON_ACCOUNT_MISMATCH" },
  );
}

/** An account that this connection gave up, or did not have, may be another one's by now. */
async function requireFreeAccount(
  sql: TenantSql,
  { organizationId, connectionId, account }: Reconnection,
  present: Present,
): Promise<void> {
  if (present.status !== "disconnected" && present.accountId === account?.id) {
    return;
  }
  const { environmentId, connector } = present;
  const owner = ownerOf(present);
  const reconnecting = connectionId;
  await requireNewAccount(sql, { organizationId, environmentId, connector, owner, account, reconnecting });
}

function named({ id, name }: Account): string {
  return (name ?? id).slice(0, 100);
}

function compareScopes(before: readonly string[], after: readonly string[]): ScopeChange {
  const [had, has] = [new Set(before), new Set(after)];
  return {
    gainedScopes: after.filter((scope) => !had.has(scope)),
    lostScopes: before.filter((scope) => !has.has(scope)),
  };
}
