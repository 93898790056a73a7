import { asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";
import { authMethodOf } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Credential } from "./credential.ts";
import type { RefreshParts } from "./refresh-parts.ts";
import { openCredential } from "./store-credential.ts";

/** A connection with its credential, opened: what a renewal is about. */
export interface Subject {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly connectionId: string;
  readonly name: string;
  readonly connector: Connector;
  readonly method: AuthMethod;
  readonly status: string;
  readonly problem: { readonly message: string } | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly oauthAppId: string | null;
  /** The app's client id. */
  readonly clientId: string | null;
  readonly version: number;
  readonly credential: Credential;
  readonly dueAt: Date | null;
  readonly refreshedAt: Date | null;
  readonly failures: number;
}

interface SubjectRow {
  readonly environmentId: string;
  readonly name: string;
  readonly connector: string;
  readonly method: string;
  readonly status: string;
  readonly problem: { readonly message: string } | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly oauthAppId: string | null;
  /** The app's client id. */
  readonly clientId: string | null;
  readonly version: number;
  readonly dataSealed: Buffer;
  readonly dueAt: Date | null;
  readonly refreshedAt: Date | null;
  readonly failures: number;
}

/** Reads a connection and opens its credential. @throws NotFoundError, also when it has no credential (any more). */
export async function loadSubject(
  parts: Pick<RefreshParts, "database" | "keyring" | "catalogue">,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<Subject> {
  const { organizationId, connectionId } = where;
  const [[row]] = await asOrganizationAtOnce<[SubjectRow[]]>(parts.database, organizationId, (sql) => [
    sql<SubjectRow[]>`
      select n.environment_id, n.name, n.connector, n.method, n.status, n.problem, n.fields, c.oauth_app_id, a.client_id, c.version,
        c.data_sealed, c.due_at, c.refreshed_at, c.failures
      from connections n
      join credentials c on c.organization_id = n.organization_id and c.connection_id = n.id
      left join oauth_apps a on a.organization_id = c.organization_id and a.id = c.oauth_app_id
      where n.organization_id = ${organizationId} and n.id = ${connectionId}`,
  ]);
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  const { connector } = await parts.catalogue.load(organizationId, row.connector);
  const method = authMethodOf(connector, row.method);
  if (method === undefined) {
    throw new NotFoundError(`auth method of the connector "${row.connector}"`, row.method);
  }
  const { dataSealed: sealed, connector: _slug, method: _id, ...rest } = row;
  const credential = await openCredential(parts.keyring, {
    organizationId,
    connectionId,
    version: row.version,
    sealed,
  });
  return { ...rest, organizationId, connectionId, connector, method, credential };
}

/** The version at hand; null: the connection or its credential is gone. */
export async function readVersion(
  parts: Pick<RefreshParts, "database">,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<number | null> {
  const [[row]] = await asOrganizationAtOnce<[{ version: number }[]]>(
    parts.database,
    where.organizationId,
    (sql) => [
      sql<{ version: number }[]>`
        select version from credentials
        where organization_id = ${where.organizationId} and connection_id = ${where.connectionId}`,
    ],
  );
  return row?.version ?? null;
}
