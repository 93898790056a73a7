import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase } from "#runtime/db/connect.ts";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { connectOwner } from "#test/support/owner.ts";

let db: TestDatabase;
const [one, other] = [newId(), newId()];

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of [one, other]) {
    await asOrganization(db.database, id, async (sql) => {
      await sql`insert into organizations (organization_id, name) values (${id}, ${`organization ${id}`})`;
      await sql`insert into environments (id, organization_id, slug, name) values (${newId()}, ${id}, 'development', 'Development')`;
    });
  }
});
afterAll(async () => db.close());

describe("the catalogue", () => {
  test("forces row-level security with a tenant policy on every table that has organization_id", async () => {
    const owner = connectOwner(db.url);
    const tables = await owner<
      { name: string; forced: boolean; enabled: boolean; policies: string[] | null }[]
    >`
      select c.relname as name, c.relforcerowsecurity as forced, c.relrowsecurity as enabled,
        (select array_agg(p.polname::text) from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`;
    await owner.end();
    expect(tables.length).toBeGreaterThan(15);
    const open = tables.filter(
      (table) => !table.forced || !table.enabled || !table.policies?.includes("tenant"),
    );
    expect(open.map((table) => table.name)).toEqual([]);
  });

  test("gives the application roles no way around it", async () => {
    const owner = connectOwner(db.url);
    const roles = await owner`
      select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as powerful
      from pg_roles where rolname like 'tenon\\_%' order by rolname`;
    const owned = await owner`
      select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname like 'tenon\\_%'`;
    const memberships = await owner`
      select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname like 'tenon\\_%'`;
    await owner.end();
    expect(roles.map((role) => [role.name, role.powerful])).toEqual([
      ["tenon_app", false],
      ["tenon_system", false],
    ]);
    expect(owned).toHaveLength(0);
    expect(memberships).toHaveLength(0);
  });
});

describe("the tenant door", () => {
  test("shows an organization its own rows only, and none of the other's", async () => {
    const rows = await asOrganization(
      db.database,
      one,
      async (sql) => sql`select organization_id from environments`,
    );
    expect(rows.map((row) => row.organizationId)).toEqual([one]);
  });

  test("refuses to write a row for another organization", async () => {
    const write = asOrganization(
      db.database,
      one,
      async (sql) =>
        sql`insert into environments (id, organization_id, slug, name) values (${newId()}, ${other}, 'stolen', 'Stolen')`,
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  test("shows nothing outside of it", async () => {
    expect((await db.database.app.query("select * from environments")).rows).toHaveLength(0);
    await expect(asSystem(db.database)`select * from environments`).rejects.toThrow(/permission denied/);
  });

  test("undoes everything when the work fails, and keeps the organization to its own transaction", async () => {
    const failing = asOrganization(db.database, one, async (sql) => {
      await sql`insert into environments (id, organization_id, slug, name) values (${newId()}, ${one}, 'half', 'Half')`;
      throw new Error("the work failed");
    });
    await expect(failing).rejects.toThrow("the work failed");
    const left = await asOrganization(
      db.database,
      one,
      async (sql) => sql`select 1 from environments where slug = 'half'`,
    );
    expect(left).toHaveLength(0);
  });

  test("never mixes organizations under load on few connections", async () => {
    const small = connectDatabase({ url: db.url, masterKey: db.masterKey }, { poolSize: 2, process: "test" });
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const id = index % 2 === 0 ? one : other;
        const rows = await asOrganization(
          small,
          id,
          async (sql) => sql`select organization_id from environments`,
        );
        return rows.every((row) => row.organizationId === id) && rows.length === 1;
      }),
    );
    await small.close();
    expect(seen.every(Boolean)).toBe(true);
  });
});
