import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase } from "#runtime/db/connect.ts";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization, asOrganizationAtOnce } from "#runtime/db/tenant.ts";
import type { TenantSql } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";

let db: TestDatabase;
/** With one connection: whoever comes next gets the very connection that the attack left behind. */
let single: Database;
const [victim, attacker] = [newId(), newId()];

beforeAll(async () => {
  db = await createTestDatabase();
  single = connectDatabase({ url: db.url, masterKey: db.masterKey }, { poolSize: 1, process: "test" });
  for (const id of [victim, attacker]) {
    await asOrganization(db.database, id, async (sql) => {
      await sql`insert into organizations (organization_id, name) values (${id}, ${id})`;
    });
  }
});
afterAll(async () => {
  await single.close();
  await db.close();
});

const namesSeen = async (sql: TenantSql) => sql<{ name: string }[]>`select name from organizations`;

/** The next user of the connection must find neither a transaction nor an organization. */
async function expectClean(): Promise<void> {
  const { rows } = await single.app.query<{ organization: string; open: boolean }>(
    "select coalesce(current_setting('tenon.organization_id', true), '') as organization, now() <> statement_timestamp() as open",
  );
  expect(rows).toEqual([{ organization: "", open: false }]);
}

describe("a statement that comes after the end of its transaction", () => {
  test("does not run in the next organization's transaction", async () => {
    let late: TenantSql | null = null;
    const broken = asOrganization(single, attacker, async (sql) => {
      late = sql;
      throw new Error("over");
    });
    await expect(broken).rejects.toThrow("over");
    const stolen = await asOrganization(single, victim, async () =>
      late === null ? null : namesSeen(late).catch((error: unknown) => String(error)),
    );
    expect(stolen).toMatch(/came after the end of its transaction/);
  });

  test("does not run there either when its sibling failed first", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
    let late: Promise<unknown> = Promise.resolve();
    const broken = asOrganization(single, attacker, async (sql) => {
      late = gate.then(async () => namesSeen(sql)).catch((error: unknown) => String(error));
      await Promise.all([late, Promise.reject(new Error("sibling"))]);
    });
    await expect(broken).rejects.toThrow("sibling");
    await asOrganization(single, victim, async (sql) => {
      open(undefined);
      await namesSeen(sql);
    });
    expect(await late).toMatch(/came after the end of its transaction/);
    await expectClean();
  });
});

describe("work that throws before it sent anything", () => {
  const thrower = (): never => {
    throw new Error("at once");
  };

  test("leaves the connection clean and free", async () => {
    await expect(asOrganization(single, attacker, thrower)).rejects.toThrow("at once");
    await expectClean();
  });

  test("does so in the one-flight door too, which neither hangs nor commits", async () => {
    const broken = asOrganizationAtOnce(single, attacker, (sql) => {
      // Sent at once by whoever waits, and taken back with the rest.
      sql`update organizations set name = 'committed'`.catch(() => undefined);
      return thrower();
    });
    await expect(broken).rejects.toThrow("at once");
    await expectClean();
    expect(await asOrganization(single, attacker, namesSeen)).toEqual([{ name: attacker }]);
  });
});

test("a transaction that PostgreSQL rolled back is not reported as committed", async () => {
  const swallowed = asOrganization(single, attacker, async (sql) => {
    await sql`update organizations set name = 'lost'`;
    await sql`select 1 / 0`.catch(() => undefined);
  });
  await expect(swallowed).rejects.toThrow(/not committed/);
  expect(await asOrganization(single, attacker, namesSeen)).toEqual([{ name: attacker }]);
});

test("a connection that is cut inside a transaction is not used again, and nobody else is harmed", async () => {
  const cut = asOrganization(single, attacker, async (sql) => {
    const [self] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await db.database.app.query("select pg_terminate_backend($1)", [self?.pid]);
    await sql`select 1`;
  });
  await expect(cut).rejects.toThrow(/terminat|connection|EPIPE/i);
  await expectClean();
});

test("JSON that PostgreSQL cannot store is stored without what it cannot", async () => {
  const hostile = { "k\0": "a\0b", half: "\ud800", kept: "\\u0000 \\ud800 \u{1f600} \n" };
  const [row] = await asOrganization(
    single,
    attacker,
    async (sql) => sql<{ value: unknown }[]>`
    select ${sql.json(hostile)}::jsonb as value`,
  );
  expect(row?.value).toEqual({
    "k\ufffd": "a\ufffdb",
    half: "\ufffd",
    kept: "\\u0000 \\ud800 \u{1f600} \n",
  });
});
