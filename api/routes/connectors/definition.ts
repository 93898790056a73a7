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

/** Refuses a test key where a connector serves production: it decides where credentials travel. */
export function requireConnectorReach(caller: Caller, slug: string, use: ConnectorUse): void {
  requireReach(caller, {
    production:
      use.connections.some(({ production }) => production) ||
      use.workflows.some(({ environment }) => environment.production),
    what: `the connector "${slug}" is used there`,
  });
}
