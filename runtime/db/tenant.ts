import type { Database } from "./connect.ts";
import { sqlTag } from "./sql.ts";
import type { SqlTag } from "./sql.ts";

/** The tag of a connection inside a transaction of one organization: what every tenant query is written with. */
export type TenantSql = SqlTag;

/**
 * The one door to tenant data: takes a connection, begins, sets the organization for this transaction only,
 * runs `work`, commits. Any error rolls back; a connection that fails at that is thrown away.
 */
export async function asOrganization<T>(
  database: Database,
  organizationId: string,
  work: (sql: TenantSql) => PromiseLike<T>,
): Promise<T> {
  const client = await database.app.connect();
  const sql = sqlTag(client);
  try {
    // Sent without waiting: both travel in one flight with the first query of `work`.
    const opened = Promise.all([
      client.query("begin"),
      sql`select set_config('tenon.organization_id', ${organizationId}, true)`,
    ]);
    const [, result] = await Promise.all([opened, work(sql)]);
    await client.query("commit");
    client.release();
    return result;
  } catch (error) {
    const broken = await client.query("rollback").then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw error;
  }
}

/**
 * Lets the current transaction's commit not wait for the disk: for rows whose loss a later, durable commit
 * or the sweep makes good (an instant run before its end, a claim).
 */
export async function deferCommit(sql: TenantSql): Promise<void> {
  await sql`set local synchronous_commit = off`;
}

/** The second, small door: verbs that belong to no organization (key lookup, sweeps, rotation). */
export function asSystem(database: Database): SqlTag {
  return sqlTag(database.system);
}
