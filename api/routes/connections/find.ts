import type { Caller } from "#api/caller.ts";
import type { Call } from "#api/endpoint.ts";
import { isId } from "#api/fields.ts";
import { requireReach } from "#api/middleware/permission.ts";
import { findCustomer, findEnvironment } from "#api/references.ts";
import type { EnvironmentReference } from "#api/references.ts";
import type { Actor } from "#runtime/connections/audit.ts";
import type { ConnectionOwner } from "#runtime/connections/owner.ts";
import { readConnection } from "#runtime/connections/read.ts";
import type { ConnectionRow } from "#runtime/connections/read.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { NotFoundError } from "#runtime/errors.ts";

/** Finds a connection by id; refuses a test key where it is in production. */
export async function findConnection(sql: TenantSql, caller: Caller, named: string): Promise<ConnectionRow> {
  if (!isId(named)) {
    throw new NotFoundError("connection", named);
  }
  const row = await readConnection(sql, { organizationId: caller.organizationId, connectionId: named });
  requireReach(caller, { production: row.production, what: `the connection "${row.name}" is in it` });
  return row;
}

/** `findConnection` in a transaction of its own, for verbs that have theirs. */
export async function findBefore({ parts, caller }: Call, named: string): Promise<ConnectionRow> {
  return asOrganization(parts.database, caller.organizationId, (sql) => findConnection(sql, caller, named));
}

/** Where a new connection will be, and whose. */
export async function findPlace(
  sql: TenantSql,
  caller: Caller,
  named: {
    readonly environment: string;
    readonly customer: string | null;
    readonly user: string | null;
  },
): Promise<{ readonly environment: EnvironmentReference; readonly owner: ConnectionOwner }> {
  const environment = await findEnvironment(sql, caller, named.environment);
  if (named.customer === null) {
    return { environment, owner: { kind: "organization" } };
  }
  const { id: customerId } = await findCustomer(sql, caller, named.customer);
  return {
    environment,
    owner:
      named.user === null ? { kind: "customer", customerId } : { kind: "user", customerId, user: named.user },
  };
}

/** Who acts, for the audit trail. */
export function actorOf({ caller, request }: Call): Actor {
  return {
    type: "api_key",
    id: caller.keyId,
    from: { address: request.address, requestId: request.id },
  };
}

/** How long a request may wait for a provider. */
const DEADLINE_MS = 30_000;

/** Ends the waiting for a provider: after a while, and when the process is about to stop. */
export function patience({ parts }: Call): AbortSignal {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  return parts.stopping === undefined ? deadline : AbortSignal.any([deadline, parts.stopping]);
}
