import { randomBytes } from "node:crypto";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { UnauthorizedError } from "#runtime/errors.ts";
import { hashToken } from "./authorization-state.ts";

/** What a page may do: as the server that made the session said. */
export interface ConnectSession {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly environmentId: string;
  readonly customerId: string;
  readonly customerName: string;
  /** Connections are this user's; null: the whole customer's. */
  readonly customerUser: string | null;
  readonly kind: "session" | "link";
  readonly connectors: readonly string[];
  /** Only this connection, to be made new. */
  readonly connectionId: string | null;
  readonly allowedOrigins: readonly string[];
  readonly redirectUrl: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** A token of a session, or a credential of its page: what it is used for, and 256 random bits. */
export function makeConnectToken(kind: "tncs" | "tncp"): string {
  return `${kind}_${randomBytes(32).toString("base64url")}`;
}

/** Whether the session can still be used. */
export function isOpen(session: Pick<ConnectSession, "expiresAt" | "revokedAt">, now = Date.now()): boolean {
  return session.revokedAt === null && session.expiresAt.getTime() > now;
}

/** Finds a session by its id, for the page's frame; null: there is none. */
export async function findConnectSession(database: Database, id: string): Promise<ConnectSession | null> {
  const [known] = await asSystem(database)<{ organizationId: string }[]>`
    select organization_id from connect_sessions where id = ${id}`;
  return known === undefined
    ? null
    : asOrganization(database, known.organizationId, (sql) => readSession(sql, known.organizationId, id));
}

async function readSession(
  sql: TenantSql,
  organizationId: string,
  id: string,
): Promise<ConnectSession | null> {
  const [session] = await sql<ConnectSession[]>`
    select s.id, s.organization_id, o.name as organization_name, s.environment_id, s.customer_id,
      c.name as customer_name, s.customer_user, s.kind, s.connectors, s.connection_id, s.allowed_origins,
      s.redirect_url, s.metadata, s.expires_at, s.revoked_at
    from connect_sessions s
    join organizations o on o.organization_id = s.organization_id
    join customers c on c.organization_id = s.organization_id and c.id = s.customer_id
    where s.organization_id = ${organizationId} and s.id = ${id}`;
  return session ?? null;
}

/**
 * Trades a session's token for the credential of one page, once. The token of a link works until the link ends; each
 * time it is opened, the page that was opened before is cut off.
 *
 * @throws UnauthorizedError `TENON_CONNECT_TOKEN`, `TENON_CONNECT_TOKEN_USED`, `TENON_CONNECT_SESSION_ENDED`
 */
export async function openConnectSession(
  database: Database,
  asked: { readonly sessionId: string; readonly token: string },
): Promise<{ readonly page: string }> {
  const page = makeConnectToken("tncp");
  const known = await findByToken(database, asked);
  const opened = await asOrganization(
    database,
    known.organizationId,
    (sql) => sql`
      update connect_sessions set page_hash = ${hashToken(page)}, opened_at = now()
      where organization_id = ${known.organizationId} and id = ${known.id} and token_hash = ${hashToken(asked.token)}
        and (page_hash is null or kind = 'link') and revoked_at is null and expires_at > now()
      returning 1`,
  );
  if (opened.length === 0) {
    throw isOpen(known)
      ? new UnauthorizedError(
          "This page was opened before, and its token works once; go back to where you came from and open it anew.",
          "TENON_CONNECT_TOKEN_USED",
        )
      : sessionEnded();
  }
  return { page };
}

interface KnownSession {
  readonly id: string;
  readonly organizationId: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

async function findByToken(
  database: Database,
  { sessionId, token }: { readonly sessionId: string; readonly token: string },
): Promise<KnownSession> {
  const [known] = await asSystem(database)<KnownSession[]>`
    select id, organization_id, expires_at, revoked_at from connect_sessions
    where token_hash = ${hashToken(token)} and id = ${sessionId}`;
  if (known === undefined) {
    throw new UnauthorizedError(
      "This link is not complete, or is not one of ours; open it again as you received it.",
      "TENON_CONNECT_TOKEN",
    );
  }
  return known;
}

/** The session of a page. @throws UnauthorizedError `TENON_CONNECT_SESSION_ENDED` */
export async function sessionOfPage(
  database: Database,
  asked: { readonly sessionId: string; readonly page: string },
): Promise<ConnectSession> {
  const [known] = await asSystem(database)<KnownSession[]>`
    select id, organization_id, expires_at, revoked_at from connect_sessions
    where page_hash = ${hashToken(asked.page)} and id = ${asked.sessionId}`;
  const session =
    known === undefined || !isOpen(known)
      ? null
      : await asOrganization(database, known.organizationId, (sql) =>
          readSession(sql, known.organizationId, known.id),
        );
  if (session === null) {
    throw sessionEnded();
  }
  return session;
}

function sessionEnded(): UnauthorizedError {
  return new UnauthorizedError(
    "This connect session has ended; go back to where you came from and begin again.",
    "TENON_CONNECT_SESSION_ENDED",
  );
}
