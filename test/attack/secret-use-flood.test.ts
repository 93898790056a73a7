import { afterAll, beforeAll, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { createSecretUseLog } from "#runtime/runs/record-secret-use.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";

const USES = 2_000;

let db: TestDatabase;
const flooding = newId();
beforeAll(async () => {
  db = await createTestDatabase();
  await asOrganization(db.database, flooding, async (sql) => {
    await sql`insert into organizations (organization_id, name) values (${flooding}, 'Flooding')`;
  });
});
afterAll(async () => db.close());

function userOf(organizationId: string) {
  return { id: newId(), organizationId, environment: { id: newId() } };
}

async function usesOf(run: { readonly id: string }): Promise<readonly string[]> {
  return asOrganization(db.database, flooding, async (sql) => {
    const rows = await sql<{ name: string }[]>`
      select resource_id || ' ' || action as name from audit_events where actor_id = ${run.id}`;
    return rows.map(({ name }) => name);
  });
}

test("an organization that uses secrets without pause holds one connection, and each use has its entry", async () => {
  const record = createSecretUseLog(db.database);
  const run = userOf(flooding);
  await Promise.all(
    Array.from({ length: USES }, async (_, index) =>
      record(run, { name: `KEY_${String(index)}`, kind: "hmac" }),
    ),
  );
  // A pool makes a connection whenever one is asked for and none is free.
  expect(db.database.app.totalCount).toBe(1);
  const expected = Array.from({ length: USES }, (_, index) => `KEY_${String(index)} secret.hmac`);
  expect((await usesOf(run)).toSorted()).toEqual(expected.toSorted());
  await record(run, { name: "LATER", kind: "reveal" });
  expect(await usesOf(run)).toContain("LATER secret.reveal");
});

test("a use that cannot be audited fails, and holds up nobody", async () => {
  const record = createSecretUseLog(db.database);
  const nobody = userOf(newId());
  const run = userOf(flooding);
  const [refused, fine] = await Promise.allSettled([
    record(nobody, { name: "KEY", kind: "hmac" }),
    record(run, { name: "KEY", kind: "hmac" }),
  ]);
  expect([refused?.status, fine?.status]).toEqual(["rejected", "fulfilled"]);
  await expect(record(nobody, { name: "KEY", kind: "hmac" })).rejects.toThrow(/foreign key|organization/i);
  expect(await usesOf(run)).toEqual(["KEY secret.hmac"]);
});
