import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { openCredential } from "#runtime/oauth/store-credential.ts";
import type { ConnectionParts } from "./parts.ts";
import type { ConnectionStatus } from "./read.ts";
import type { Account } from "./verification.ts";

/** A connection with its credential, opened. */
export interface PresentConnection {
  readonly environmentId: string;
  readonly connector: string;
  readonly method: string;
  readonly name: string;
  readonly owner: "organization" | "customer" | "user";
  readonly status: ConnectionStatus;
  readonly fields: Readonly<Record<string, string>>;
  readonly account: Account | null;
  readonly scopes: readonly string[];
  readonly oauthAppId: string | null;
  readonly version: number;
  readonly credential: Credential;
}

/** Reads a connection and opens its credential. @throws NotFoundError */
export async function openPresent(
  parts: Pick<ConnectionParts, "database" | "keyring">,
  { organizationId, connectionId }: { readonly organizationId: string; readonly connectionId: string },
): Promise<PresentConnection> {
  const [row] = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<(Omit<PresentConnection, "credential"> & { sealed: Buffer })[]>`
      select c.environment_id, c.connector, c.method, c.name, c.owner, c.status, c.fields,
        case when c.account_id is not null then jsonb_build_object('id', c.account_id, 'name', c.account_name) end as account,
        c.scopes, k.oauth_app_id as oauth_app_id, k.version, k.data_sealed as sealed
      from connections c
      join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
      where c.organization_id = ${organizationId} and c.id = ${connectionId}`,
  );
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  const { sealed, ...present } = row;
  return {
    ...present,
    credential: await openCredential(parts.keyring, {
      organizationId,
      connectionId,
      version: row.version,
      sealed,
    }),
  };
}

/** The version of a connection's credential; null: there is none. */
export async function versionOf(
  sql: TenantSql,
  { organizationId, connectionId }: { readonly organizationId: string; readonly connectionId: string },
): Promise<number | null> {
  const [row] = await sql<{ version: number }[]>`
    select version from credentials
    where organization_id = ${organizationId} and connection_id = ${connectionId}`;
  return row?.version ?? null;
}
