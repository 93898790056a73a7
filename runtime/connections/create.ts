import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { prepareCredential, writeCredential } from "#runtime/oauth/store-credential.ts";
import { emitConnectionEvent } from "#runtime/webhooks/connection-event.ts";
import type { Actor } from "./audit.ts";
import { auditConnection } from "./audit.ts";
import { ownerColumns } from "./owner.ts";
import type { ConnectionOwner } from "./owner.ts";
import { loadMethod } from "./method.ts";
import type { ConnectionParts } from "./parts.ts";
import { requireNewAccount } from "./same-account.ts";
import type { Account, VerificationSummary } from "./verification.ts";
import { stampVerification } from "./verification.ts";

/** A connection that is about to be: its credential was pasted, or came from an authorization. */
export interface NewConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly environmentId: string;
  readonly connector: string;
  /** The id of the connector's auth method. */
  readonly method: string;
  readonly name: string;
  readonly description?: string;
  readonly owner: ConnectionOwner;
  /** Plain fields. */
  readonly fields: Readonly<Record<string, string>>;
  readonly credential: Credential;
  readonly oauthAppId: string | null;
  readonly account: Account | null;
  readonly scopes: readonly string[];
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Null: it was not verified. */
  readonly verification: VerificationSummary | null;
  readonly actor: Actor;
}

/**
 * Stores a connection with its sealed credential, tells the subscribers and writes the audit row, all or nothing.
 *
 * @throws ConflictError `TENON_ACCOUNT_CONNECTED` when this owner has connected the account already.
 * @param inSameTransaction - More to write together with it, such as the end of an idempotency key's reservation.
 */
export async function createConnection(
  parts: Pick<ConnectionParts, "database" | "keyring" | "catalogue">,
  connection: NewConnection,
  inSameTransaction: (sql: TenantSql) => Promise<void> = async () => undefined,
): Promise<void> {
  const { organizationId, id } = connection;
  const { method } = await loadMethod(parts.catalogue, connection);
  const prepared = await prepareCredential(parts.keyring, {
    organizationId,
    connectionId: id,
    connector: connection.connector,
    method,
    oauthAppId: connection.oauthAppId,
    from: null,
    credential: connection.credential,
  });
  await asOrganization(parts.database, organizationId, async (sql) => {
    await requireNewAccount(sql, connection);
    await insertConnection(sql, connection);
    await writeCredential(sql, prepared);
    await emitConnectionEvent(sql, { organizationId, connectionId: id, type: "connection.created" });
    await auditConnection(sql, {
      organizationId,
      connectionId: id,
      actor: connection.actor,
      action: "connection.create",
      details: { name: connection.name, connector: connection.connector, method: connection.method },
    });
    await inSameTransaction(sql);
  });
}

async function insertConnection(sql: TenantSql, connection: NewConnection): Promise<void> {
  const { customerId, customerUser } = ownerColumns(connection.owner);
  const { account, verification } = connection;
  await sql`
    insert into connections (id, organization_id, environment_id, connector, method, name, description, owner,
      customer_id, customer_user, status, fields, secret_fields, account_id, account_name, scopes, tags, metadata, verification)
    values (${connection.id}, ${connection.organizationId}, ${connection.environmentId}, ${connection.connector},
      ${connection.method}, ${connection.name}, ${connection.description ?? ""}, ${connection.owner.kind},
      ${customerId}, ${customerUser}, ${verification?.ok === true ? "healthy" : "unverified"},
      ${sql.json(connection.fields)}, ${Object.keys(connection.credential.fields)}, ${account?.id ?? null}, ${account?.name ?? null}, ${[...connection.scopes]},
      ${[...(connection.tags ?? [])]}, ${sql.json(connection.metadata ?? {})},
      ${verification === null ? null : sql.json(stampVerification(verification))})`;
}
