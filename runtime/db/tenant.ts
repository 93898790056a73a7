import type { Socket } from "node:net";
import { escapeLiteral } from "pg";
import type { PoolClient } from "pg";
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
  const { sql, end } = lend(client);
  try {
    // Sent without waiting: it travels in one flight with the first query of `work`.
    const opened = client.query(opening(organizationId));
    // Heard here too: nobody waits for it when `work` throws at once.
    opened.catch(() => undefined);
    const [, result] = await Promise.all([opened, work(sql)]);
    end();
    requireCommitted(await client.query("commit"));
    client.release();
    return result;
  } catch (error) {
    end();
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
  const { sql, end } = lend(client);
  // Sent here, in this order: a statement leaves when somebody waits for it. Corked, they leave in one system
  // call, which is most of what a small statement costs us.
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  stream.cork();
  const opened = client.query(opening(organizationId));
  const { answers, ending } = written(write, sql);
  end();
  // After a statement that failed, PostgreSQL answers a commit with a rollback.
  const ended = client.query(ending);
  process.nextTick(() => {
    stream.uncork();
  });
  const settled = await Promise.allSettled([opened, ...answers, ended]);
  client.release(settled.at(-1)?.status === "rejected");
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason;
  }
  requireCommitted(await ended);
  return (await Promise.all(answers)) as unknown as Answers;
}

/** Both in one message: a statement with a parameter would cost as much again as the whole transaction's frame. */
function opening(organizationId: string): string {
  return `begin; set local tenon.organization_id = ${escapeLiteral(organizationId)}`;
}

/** Sends what `write` returns; when it throws, that is the only answer, and what it had sent is taken back. */
function written(
  write: (sql: TenantSql) => readonly PromiseLike<unknown>[],
  sql: TenantSql,
): { readonly answers: readonly PromiseLike<unknown>[]; readonly ending: "commit" | "rollback" } {
  try {
    return { answers: write(sql).map((statement) => statement.then((answer) => answer)), ending: "commit" };
  } catch (error) {
    return { answers: [Promise.reject(error)], ending: "rollback" };
  }
}

/**
 * The tag of one transaction. A statement that comes after its end is refused: the connection may be in another
 * organization's hands by then.
 */
function lend(client: PoolClient): { readonly sql: TenantSql; readonly end: () => void } {
  let over = false;
  const sql = sqlTag({
    query: async (config) => {
      if (over) {
        throw new Error(
          "A statement came after the end of its transaction: wait for every statement inside.",
        );
      }
      return client.query(config);
    },
  });
  return {
    sql,
    end: () => {
      over = true;
    },
  };
}

/** PostgreSQL answers the commit of a failed transaction with a rollback, and not with an error. */
function requireCommitted({ command }: { readonly command: string }): void {
  if (command !== "COMMIT") {
    throw new Error("The transaction was not committed: one of its statements had failed.");
  }
}

/** The second, small door: verbs that belong to no organization (key lookup, sweeps, rotation). */
export function asSystem(database: Database): SqlTag {
  return sqlTag(database.system);
}
