import { afterAll, beforeAll, expect, it } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { TenonError } from "#runtime/errors.ts";
import { newId } from "#runtime/ids.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { open, openText } from "#runtime/vault/open.ts";
import type { Place } from "#runtime/vault/place.ts";
import { seal } from "#runtime/vault/seal.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { seedOrganization } from "#test/vault/seed.ts";

let db: TestDatabase;
let keyring: Keyring;
let place: Place;
let sealed: Buffer;
let stranger: string;

const SECRET = "the plaintext of the attack tests";

beforeAll(async () => {
  db = await createTestDatabase();
  keyring = freshKeyring();
  const { organizationId } = await seedOrganization(db.database);
  stranger = (await seedOrganization(db.database)).organizationId;
  place = { organizationId, table: "secrets", row: newId(), column: "value", version: 3 };
  sealed = await seal(keyring, place, SECRET);
  await seal(keyring, { ...place, organizationId: stranger }, "makes the stranger's data key");
});
afterAll(() => db.close());

const freshKeyring = () =>
  createKeyring({ database: db.database, masterKey: db.masterKey, previousMasterKey: null });

/** Says what opening came to: `refused` in the way it must be, or whatever else happened. */
const attempt = async (where: Place, bytes: Uint8Array): Promise<string> => {
  try {
    await open(keyring, where, bytes);
    return "opened";
  } catch (error) {
    const proper =
      error instanceof TenonError &&
      error.code === "TENON_VAULT_OPEN" &&
      error.fault === "operator" &&
      error.message.includes(`${where.table}.${where.column}`) &&
      !error.message.includes(SECRET);
    return proper ? "refused" : String(error);
  }
};

it("opens where it was sealed, the control of everything below", async () => {
  expect(await openText(keyring, place, sealed)).toBe(SECRET);
});

it("does not open in another row, column, table, version or organization", async () => {
  expect(await attempt({ ...place, row: newId() }, sealed)).toBe("refused");
  expect(await attempt({ ...place, column: "other" }, sealed)).toBe("refused");
  expect(await attempt({ ...place, table: "runs" }, sealed)).toBe("refused");
  expect(await attempt({ ...place, version: 2 }, sealed)).toBe("refused");
  expect(await attempt({ ...place, version: 4 }, sealed)).toBe("refused");
  expect(await attempt({ ...place, organizationId: stranger }, sealed)).toBe("refused");
});

it("does not take one part of a place for another", async () => {
  const joined = await seal(keyring, { ...place, table: "ab", row: "c" }, SECRET);
  expect(await attempt({ ...place, table: "a", row: "bc" }, joined)).toBe("refused");
});

it("does not open when any byte was changed or cut off", async () => {
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await attempt(place, changed)).toBe("refused");
  }
  for (const length of [0, 1, 16, 17, 29, 44, 45, sealed.length - 1]) {
    expect(await attempt(place, sealed.subarray(0, length))).toBe("refused");
  }
  expect(await attempt(place, Buffer.concat([sealed, Buffer.from([0])]))).toBe("refused");
});

it("does not open with the key id of another organization, nor with its wrapped key copied over", async () => {
  const theirs = await seal(keyring, { ...place, organizationId: stranger }, SECRET);
  expect(await attempt(place, theirs)).toBe("refused");
  expect(await attempt(place, Buffer.concat([theirs.subarray(0, 17), sealed.subarray(17)]))).toBe("refused");

  const victim = (await seedOrganization(db.database)).organizationId;
  const [key] = await asOrganization(
    db.database,
    place.organizationId,
    (sql) => sql<{ id: string; masterKeyId: string; wrapped: Buffer }[]>`
      select id, master_key_id, wrapped from organization_keys where active`,
  );
  const copied = newId();
  await asOrganization(
    db.database,
    victim,
    (sql) => sql`
      insert into organization_keys (id, organization_id, master_key_id, wrapped)
      values (${copied}, ${victim}, ${key?.masterKeyId ?? ""}, ${key?.wrapped ?? Buffer.alloc(0)})`,
  );
  await expect(seal(freshKeyring(), { ...place, organizationId: victim }, "x")).rejects.toMatchObject({
    code: "TENON_SETUP",
  });
});
