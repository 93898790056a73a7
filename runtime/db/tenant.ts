import type { ReservedSql, Sql } from "postgres";
import type { Database } from "./connect.ts";

/** A connection inside a transaction of one organization: what every tenant query is written on. */
export type TenantSql = ReservedSql;

/**
 * The one door to tenant data: reserves a connection, begins, sets the organization for this transaction
 * only, runs `work`, commits. Any error rolls back. (`sql.begin()` of postgres.js 3.4.9 can share a
 * transaction between callers, its issues 823, 1189 and 1204: it is banned elsewhere.)
 */
export async function asOrganization<T>(
  database: Database,
  organizationId: string,
  work: (sql: TenantSql) => Promise<T>,
): Promise<T> {
  const sql = await database.app.reserve();
  try {
    // Sent without waiting: they travel in one flight with the first query of `work`.
    const opened = Promise.all([
      sql`begin`,
      sql`select set_config('tenon.organization_id', ${organizationId}, true)`,
    ]);
    const [, result] = await Promise.all([opened, work(sql)]);
    await sql`commit`;
    return result;
  } catch (error) {
    await sql`rollback`.catch(() => undefined);
    throw error;
  } finally {
    sql.release();
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
export function asSystem(database: Database): Sql {
  return database.system;
}
