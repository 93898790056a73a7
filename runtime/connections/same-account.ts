import type { TenantSql } from "#runtime/db/tenant.ts";
import { ConflictError } from "#runtime/errors.ts";
import { ownerColumns } from "./owner.ts";
import type { ConnectionOwner } from "./owner.ts";
import type { Account } from "./verification.ts";

/**
 * Refuses a second connection of one upstream account for the same owner, environment and connector: runs could not
 * tell the two apart. `reconnecting` is the connection that is to get the account (back), and is not compared. Of two that come at once the later one waits for the end of the first one's transaction.
 *
 * @throws ConflictError `TENON_ACCOUNT_CONNECTED`, which names the present one.
 */
export async function requireNewAccount(
  sql: TenantSql,
  asked: {
    readonly organizationId: string;
    readonly environmentId: string;
    readonly connector: string;
    readonly owner: ConnectionOwner;
    readonly account: Account | null;
    readonly reconnecting?: string;
  },
): Promise<void> {
  const { organizationId, environmentId, connector, owner, account, reconnecting = null } = asked;
  if (account === null) {
    return;
  }
  const { customerId, customerUser } = ownerColumns(owner);
  const key = JSON.stringify([organizationId, environmentId, connector, account.id]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
  const [present] = await sql<{ id: string; name: string }[]>`
    select id, name from connections
    where organization_id = ${organizationId} and environment_id = ${environmentId} and connector = ${connector}
      and owner = ${owner.kind} and customer_id is not distinct from ${customerId}::uuid
      and customer_user is not distinct from ${customerUser}::text
      and account_id = ${account.id} and status <> 'disconnected' and id is distinct from ${reconnecting}::uuid
    order by id limit 1`;
  if (present !== undefined) {
    const mend =
      reconnecting === null
        ? "Reconnect that one, or disconnect or delete it first."
        : "Use that one, or disconnect or delete it first.";
    throw new ConflictError(
      `The account "${(account.name ?? account.id).slice(0, 100)}" is connected already, as "${present.name.slice(0, 100)}" (${present.id}). ${mend}`,
      { code: "TENON_ACCOUNT_CONNECTED" },
    );
  }
}
