import type { Caller } from "#api/caller.ts";
import { invalid } from "#api/middleware/parse.ts";
import { requireReach } from "#api/middleware/permission.ts";
import type { ConnectorUse } from "#runtime/connections/connector-use.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";
import { DefinitionError, parseConnector } from "#sdk/connector/parse.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { ConnectorRow } from "./schema.ts";

/** Issues that one answer has at the most. */
const ISSUES = 100;

/** Checks a definition that was sent. @throws InvalidError with one issue for each mistake in it. */
export function parseDefinition(given: unknown): Connector {
  try {
    return parseConnector(given);
  } catch (error) {
    if (error instanceof DefinitionError) {
      throw invalid(
        error.issues.slice(0, ISSUES).map(({ path, message }) => ({
          path: path === "" ? "definition" : `definition.${path}`.slice(0, 200),
          message,
        })),
      );
    }
    throw error;
  }
}

/** An own connector, held for the rest of the transaction. @throws NotFoundError, also for a built-in one */
export async function lockConnector(
  sql: TenantSql,
  caller: Caller,
  slug: string,
): Promise<ConnectorRow & { readonly version: number }> {
  const [row] = await sql<(ConnectorRow & { version: number })[]>`
    select id, current_version as version, created_at, updated_at from connectors
    where organization_id = ${caller.organizationId} and slug = ${slug} for update`;
  if (row === undefined) {
    throw new NotFoundError("connector of your own", slug);
  }
  return row;
}

/** Refuses a test key where a connector serves production, or is about to: it decides where credentials travel. */
export async function requireConnectorReach(
  sql: TenantSql,
  caller: Caller,
  slug: string,
  use: ConnectorUse,
): Promise<void> {
  const production =
    use.connections.some((connection) => connection.production) ||
    use.workflows.some(({ environment }) => environment.production) ||
    (caller.kind === "test" && (await awaitsProduction(sql, caller.organizationId, slug)));
  requireReach(caller, { production, what: `the connector "${slug}" is used there` });
}

/**
 * Whether an OAuth app of it serves production, a customer was sent to a page that connects it there, or tokens that
 * may have been production's wait to be revoked.
 */
async function awaitsProduction(sql: TenantSql, organizationId: string, slug: string): Promise<boolean> {
  const rows = await sql`
    select 1 from oauth_apps a
    join environments e on e.organization_id = a.organization_id
      and (e.id = a.environment_id or a.environment_id is null)
    where a.organization_id = ${organizationId} and a.connector = ${slug} and e.production
    union all
    select 1 from connect_sessions s
    join environments e on e.organization_id = s.organization_id and e.id = s.environment_id
    where s.organization_id = ${organizationId} and ${slug} = any(s.connectors) and e.production
      and s.revoked_at is null and s.expires_at > now()
    union all
    select 1 from revocations r
    left join oauth_apps a on a.organization_id = r.organization_id and a.id = r.app_id
    left join environments e on e.organization_id = a.organization_id and e.id = a.environment_id
    where r.organization_id = ${organizationId} and r.connector = ${slug} and e.production is not false
      and (r.cause = 'environment.delete'
        or exists (select 1 from environments p where p.organization_id = ${organizationId} and p.production))
    limit 1`;
  return rows.length > 0;
}
