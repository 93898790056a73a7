import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import type { Account, StoredVerification } from "./verification.ts";

/** How a connection stands (design, section 6). `disconnected`: its credential was given up. */
export const CONNECTION_STATUSES = [
  "unverified",
  "healthy",
  "degraded",
  "reauthorize",
  "app_misconfigured",
  "provider_down",
  "disconnected",
] as const;

export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

/** Why a connection is not healthy. */
export interface ConnectionProblem {
  readonly code: string;
  readonly message: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What the world may see of a connection. */
export interface ConnectionRow {
  readonly id: string;
  readonly environment: { readonly id: string; readonly slug: string };
  readonly production: boolean;
  readonly connector: string;
  readonly method: string;
  readonly name: string;
  readonly description: string;
  readonly owner: "organization" | "customer" | "user";
  readonly customer: { readonly id: string; readonly slug: string } | null;
  readonly customerUser: string | null;
  readonly status: ConnectionStatus;
  readonly problem: ConnectionProblem | null;
  readonly fields: Readonly<Record<string, string>>;
  /** Names of the secret fields that are set. */
  readonly secretFields: readonly string[];
  readonly account: Account | null;
  readonly scopes: readonly string[];
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly verification: StoredVerification | null;
  readonly expiresAt: Date | null;
  readonly reconnectBy: Date | null;
  /** It ends within 30 days, and nothing renews it. */
  readonly expiringSoon: boolean;
  readonly refreshedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * When a connection `c` with the credential `k` ends if nobody does anything; null: it goes on. What the background
 * renews ends no earlier than it does however often it is renewed; what it does not, as soon as anything of it ends.
 */
export function endsAt(sql: TenantSql) {
  return sql`case when k.due_at is null then least(c.reconnect_by, c.expires_at) else c.ends_at end`;
}

/** Selects `ConnectionRow`s: `c` the connection, `k` its credential, `e` its environment. */
export function selectConnections(sql: TenantSql) {
  return sql`
    select c.id, jsonb_build_object('id', e.id, 'slug', e.slug) as environment, e.production, c.connector, c.method,
      c.name, c.description, c.owner,
      case when u.id is not null then jsonb_build_object('id', u.id, 'slug', u.slug) end as customer,
      c.customer_user, c.status, c.problem, c.fields, c.secret_fields,
      case when c.account_id is not null then jsonb_build_object('id', c.account_id, 'name', c.account_name) end as account,
      c.scopes, c.tags, c.metadata, c.verification, c.expires_at, c.reconnect_by,
      coalesce(${endsAt(sql)} < now() + interval '30 days', false) as expiring_soon,
      k.refreshed_at, c.last_used_at, c.created_at, c.updated_at
    from connections c
    join environments e on e.organization_id = c.organization_id and e.id = c.environment_id
    left join credentials k on k.organization_id = c.organization_id and k.connection_id = c.id
    left join customers u on u.organization_id = c.organization_id and u.id = c.customer_id`;
}

/** Reads one connection. @throws NotFoundError */
export async function readConnection(
  sql: TenantSql,
  { organizationId, connectionId }: { readonly organizationId: string; readonly connectionId: string },
): Promise<ConnectionRow> {
  const [row] = await sql<ConnectionRow[]>`
    ${selectConnections(sql)} where c.organization_id = ${organizationId} and c.id = ${connectionId}`;
  if (row === undefined) {
    throw new NotFoundError("connection", connectionId);
  }
  return row;
}
