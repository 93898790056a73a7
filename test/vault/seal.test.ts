import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { open, openText } from "#runtime/vault/open.ts";
import { seal } from "#runtime/vault/seal.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { secretPlace, seedOrganization } from "./seed.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const keyringWith = (masterKey: Buffer, previousMasterKey: Buffer | null = null) =>
  createKeyring({ database: db.database, masterKey, previousMasterKey });

describe("seal and open", () => {
  it("return what was sealed: text, bytes, nothing at all, a megabyte", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const keyring = keyringWith(db.masterKey);
    const place = secretPlace(organizationId, "row");
    for (const value of ["pässword 😀", "", randomBytes(1_000_000)]) {
      const opened = await open(keyring, place, await seal(keyring, place, value));
      expect(opened.equals(Buffer.from(value))).toBe(true);
    }
    expect(await openText(keyring, place, await seal(keyring, place, "text"))).toBe("text");
  });

  it("never give the same bytes twice", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const keyring = keyringWith(db.masterKey);
    const place = secretPlace(organizationId, "row");
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seal(keyring, place, "same")));
    expect(new Set(sealed.map((bytes) => bytes.toString("hex"))).size).toBe(50);
  });

  it("agree on one data key when many processes use an organization first at the same time", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const place = secretPlace(organizationId, "row");
    const keyrings = Array.from({ length: 12 }, () => keyringWith(db.masterKey));
    const sealed = await Promise.all(keyrings.map((keyring) => seal(keyring, place, "first")));
    const [reader] = keyrings.toReversed();
    for (const bytes of sealed) {
      expect(reader && (await openText(reader, place, bytes))).toBe("first");
    }
    const [count] = await asOrganization(
      db.database,
      organizationId,
      (sql) => sql<{ keys: number }[]>`select count(*)::int as keys from organization_keys`,
    );
    expect(count?.keys).toBe(1);
  });

  it("survive a change of the master key while the previous one is given, and name the setting when it is not", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const place = secretPlace(organizationId, "row");
    const sealed = await seal(keyringWith(db.masterKey), place, "kept");
    const next = randomBytes(32);
    expect(await openText(keyringWith(next, db.masterKey), place, sealed)).toBe("kept");
    await expect(openText(keyringWith(next), place, sealed)).rejects.toMatchObject({
      code: "TENON_SETUP",
      message: expect.stringContaining("TENON_MASTER_KEY") as string,
    });
  });

  it("cannot open anything of an organization whose data keys were deleted", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const place = secretPlace(organizationId, "row");
    const sealed = await seal(keyringWith(db.masterKey), place, "shredded");
    await asOrganization(db.database, organizationId, (sql) => sql`delete from organization_keys`);
    await expect(open(keyringWith(db.masterKey), place, sealed)).rejects.toMatchObject({
      code: "TENON_VAULT_OPEN",
    });
  });

  it("keep working after every cached key was dropped", async () => {
    const { organizationId } = await seedOrganization(db.database);
    const keyring = keyringWith(db.masterKey);
    const place = secretPlace(organizationId, "row");
    const sealed = await seal(keyring, place, "again");
    await keyring.withActiveKey(organizationId, (key) => {
      const { bytes } = key;
      keyring.clear();
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    });
    expect(await openText(keyring, place, sealed)).toBe("again");
  });
});
