import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import type { ConnectorCatalogue } from "#runtime/oauth/catalogue.ts";
import { emitConnectionsDeleted } from "#runtime/webhooks/connections-deleted.ts";
import type { Actor } from "./audit.ts";
import { auditDeletions } from "./audit.ts";
import { loadMethod } from "./method.ts";
import type { ConnectionStatus } from "./read.ts";
import { canRevoke } from "./revoke.ts";
import { scheduleRevocations } from "./schedule-revocations.ts";
import type { RevocationCause } from "./schedule-revocations.ts";

/** Whose connections go: those of a customer, or all of an environment. */
export type Owning = { readonly customerId: string } | { readonly environmentId: string };

/** Auth methods of connectors whose credentials their provider cannot be asked to end. */
export type Irrevocable = ReadonlySet<string>;

/** Connections that one statement takes. */
const BATCH = 1_000;

/** Finds out, before the transaction, which credentials no provider has to be told of. */
export async function findIrrevocable(
  parts: { readonly database: Database; readonly catalogue: ConnectorCatalogue },
  organizationId: string,
  owning: Owning,
): Promise<Irrevocable> {
  const used = await asOrganization(
    parts.database,
    organizationId,
    (sql) => sql<{ connector: string; method: string }[]>`
      select distinct connector, method from connections
      where organization_id = ${organizationId} and ${belongs(sql, owning)}`,
  );
  const found = new Set<string>();
  for (const one of used) {
    // A definition that cannot be read stops no deletion: whoever revokes looks again.
    const loaded = await loadMethod(parts.catalogue, { organizationId, ...one }).catch(() => null);
    if (loaded !== null && !canRevoke(loaded.method)) {
      found.add(nameOf(one));
    }
  }
  return found;
}

interface Doomed {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly method: string;
  readonly status: ConnectionStatus;
}

/**
 * Deletes every connection of a customer or an environment that is about to be deleted: tells the subscribers, writes
 * the audit rows, and leaves the tokens to the workers, which end them at their providers. Takes the owner's row
 * first, so that nothing is connected for it meanwhile. Asks no provider itself: however many there are, it is short.
 *
 * @returns How many there were.
 */
export async function removeConnections(
  sql: TenantSql,
  removal: {
    readonly organizationId: string;
    readonly owning: Owning;
    readonly irrevocable: Irrevocable;
    readonly actor: Actor;
    readonly cause: RevocationCause;
  },
): Promise<number> {
  const { organizationId, owning, irrevocable, actor, cause } = removal;
  await ("customerId" in owning
    ? sql`select 1 from customers where organization_id = ${organizationId} and id = ${owning.customerId} for update`
    : sql`select 1 from environments where organization_id = ${organizationId} and id = ${owning.environmentId} for update`);
  const doomed = await sql<Doomed[]>`
    select id, name, connector, method, status from connections
    where organization_id = ${organizationId} and ${belongs(sql, owning)}
    order by id for update`;
  for (let at = 0; at < doomed.length; at += BATCH) {
    const batch = doomed.slice(at, at + BATCH);
    const answersOf = batch.map(({ id }) => id);
    const credentialsOf = batch
      .filter((one) => one.status !== "disconnected" && !irrevocable.has(nameOf(one)))
      .map(({ id }) => id);
    await scheduleRevocations(sql, { organizationId, answersOf, credentialsOf, cause });
    await emitConnectionsDeleted(sql, { organizationId, connectionIds: answersOf });
    await auditDeletions(sql, { organizationId, actor, cause, connections: batch });
    await sql`
      delete from connections where organization_id = ${organizationId} and id = any(${answersOf}::uuid[])`;
  }
  return doomed.length;
}

function belongs(sql: TenantSql, owning: Owning) {
  return "customerId" in owning
    ? sql`customer_id = ${owning.customerId}`
    : sql`environment_id = ${owning.environmentId}`;
}

function nameOf({ connector, method }: Pick<Doomed, "connector" | "method">): string {
  return `${connector}/${method}`;
}
