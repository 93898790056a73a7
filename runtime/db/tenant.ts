import type { Socket } from "node:net";
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
 * The same door for statements that do not depend on each other's answers: they, the beginning and the commit
 * travel in one flight to the database, where `asOrganization` needs one for each answer that it waits for.
 */
export async function asOrganizationAtOnce<Answers extends readonly unknown[]>(
  database: Database,
  organizationId: string,
  write: (sql: TenantSql) => readonly [...{ readonly [Index in keyof Answers]: PromiseLike<Answers[Index]> }],
): Promise<Answers> {
  const client = await database.app.connect();
  const sql = sqlTag(client);
  // Sent here, in this order: a statement leaves when somebody waits for it. Corked, they leave in one system
  // call, which is most of what a small statement costs us.
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  stream.cork();
  const opened = [
    client.query("begin"),
    sql`select set_config('tenon.organization_id', ${organizationId}, true)`.then(() => undefined),
  ];
  const answers = write(sql).map((statement) => statement.then((answer) => answer));
  // After a statement that failed, PostgreSQL answers a commit with a rollback.
  const committed = client.query("commit");
  process.nextTick(() => {
    stream.uncork();
  });
  const settled = await Promise.allSettled([...opened, ...answers, committed]);
  client.release(settled.at(-1)?.status === "rejected");
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason;
  }
  return (await Promise.all(answers)) as unknown as Answers;
}

/** The second, small door: verbs that belong to no organization (key lookup, sweeps, rotation). */
export function asSystem(database: Database): SqlTag {
  return sqlTag(database.system);
}
