import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { rotate } from "#runtime/vault/rotate.ts";
import type { RotateReport } from "#runtime/vault/rotate.ts";
import { seal } from "#runtime/vault/seal.ts";
import { SEALED_COLUMNS } from "#runtime/vault/sealed-columns.ts";
import { sealedKeyId } from "#runtime/vault/sealed.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { connectOwner } from "#test/support/owner.ts";
import { insertRun, insertSecret, runPlace, secretPlace, seedOrganization, stepPlace } from "./seed.ts";
import type { Seed } from "./seed.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const keyringOf = (masterKey: Buffer, previousMasterKey: Buffer | null = null) =>
  createKeyring({ database: db.database, masterKey, previousMasterKey });

const rotateNow = (
  keys: { masterKey?: Buffer; previousMasterKey?: Buffer } = {},
  signal: AbortSignal = new AbortController().signal,
  onProgress: (line: string) => void = () => undefined,
): Promise<RotateReport> =>
  rotate(
    {
      database: db.database,
      masterKey: keys.masterKey ?? db.masterKey,
      previousMasterKey: keys.previousMasterKey ?? null,
    },
    { signal, onProgress, settleMs: 0, batchSize: 10 },
  );

const keysOf = (seed: Seed): Promise<{ id: string; active: boolean; masterKeyId: string }[]> =>
  asOrganization(
    db.database,
    seed.organizationId,
    async (sql) =>
      await sql<{ id: string; active: boolean; masterKeyId: string }[]>`
        select id, active, master_key_id from organization_keys order by active desc, id`,
  );

const ageRetiredKeys = (seed: Seed): Promise<unknown> =>
  asOrganization(
    db.database,
    seed.organizationId,
    (sql) => sql`update organization_keys set retired_at = retired_at - interval '2 hours' where not active`,
  );

interface StoredRun {
  readonly id: string;
  readonly input: Buffer;
  readonly result: Buffer;
  readonly step: Buffer;
}

/** Everything sealed of an organization: opened, and under which data keys. */
async function everything(
  seed: Seed,
  masterKey: Buffer,
): Promise<{ texts: Set<string>; keyIds: Set<string | null> }> {
  const { organizationId } = seed;
  const keyring = keyringOf(masterKey);
  const { secrets, runs } = await asOrganization(db.database, organizationId, async (sql) => ({
    secrets: await sql<{ id: string; version: number; sealed: Buffer }[]>`
      select id, version, value_sealed as sealed from secrets`,
    runs: await sql<StoredRun[]>`
      select id, input_sealed as input, result_sealed as result, value_sealed as step
      from runs join steps on run_id = id`,
  }));
  const texts = new Set<string>();
  const keyIds = new Set<string | null>();
  const read = async (place: Parameters<typeof openText>[1], sealed: Buffer): Promise<void> => {
    keyIds.add(sealedKeyId(sealed));
    texts.add(await openText(keyring, place, sealed));
  };
  for (const { id, version, sealed } of secrets) {
    await read(secretPlace(organizationId, id, version), sealed);
  }
  for (const { id, input, result, step } of runs) {
    await read(runPlace(organizationId, id, "input"), input);
    await read(runPlace(organizationId, id, "result"), result);
    await read(stepPlace(organizationId, id, 0), step);
  }
  return { texts, keyIds };
}

describe("rotation", () => {
  it("knows every sealed column of the database", async () => {
    const owner = connectOwner(db.url);
    const rows = await owner<{ name: string }[]>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and column_name like '%\_sealed' order by 1`;
    await owner.end();
    expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}_sealed`).toSorted()).toEqual(
      rows.map(({ name }) => name),
    );
  });

  it("seals everything anew, keeps the old key for an hour, and does nothing when it is run again", async () => {
    const seed = await seedOrganization(db.database);
    const keyring = keyringOf(db.masterKey);
    for (let index = 0; index < 25; index += 1) {
      await insertSecret(db.database, keyring, seed, `secret ${String(index)}`);
      await insertRun(db.database, keyring, seed, String(index));
    }
    const before = await everything(seed, db.masterKey);

    const first = await rotateNow();
    expect(first).toMatchObject({
      unreadableValues: 0,
      interrupted: false,
      resealedValues: 100,
      deletedKeys: 0,
    });
    const after = await everything(seed, db.masterKey);
    expect(after.texts).toEqual(before.texts);
    expect(after.texts.size).toBe(100);
    expect([...after.keyIds]).not.toContain([...before.keyIds][0]);
    expect(after.keyIds.size).toBe(1);
    expect((await keysOf(seed)).map(({ active }) => active)).toEqual([true, false]);

    expect(await rotateNow()).toMatchObject({ newKeys: 0, resealedValues: 0, deletedKeys: 0 });
    await ageRetiredKeys(seed);
    expect((await rotateNow()).deletedKeys).toBe(1);
    expect((await everything(seed, db.masterKey)).texts).toEqual(before.texts);
  });

  it("keeps a retired key as long as a value refers to it", async () => {
    const seed = await seedOrganization(db.database);
    const stale = keyringOf(db.masterKey);
    await insertSecret(db.database, stale, seed, "early");
    await rotateNow();
    await insertSecret(db.database, stale, seed, "sealed by a process that still caches the old key");
    await ageRetiredKeys(seed);
    const report = await rotateNow();
    expect(report).toMatchObject({ resealedValues: 1, deletedKeys: 1 });
    expect((await everything(seed, db.masterKey)).texts.size).toBe(2);
  });

  it("moves to a new master key, after which the old one opens nothing", async () => {
    const seed = await seedOrganization(db.database);
    await insertSecret(db.database, keyringOf(db.masterKey), seed, "moved");
    const masterKey = randomBytes(32);
    const report = await rotateNow({ masterKey, previousMasterKey: db.masterKey });
    expect(report.rewrappedKeys).toBeGreaterThan(0);
    expect((await everything(seed, masterKey)).texts).toEqual(new Set(["moved"]));
    await expect(everything(seed, db.masterKey)).rejects.toMatchObject({ code: "TENON_SETUP" });
    await rotateNow({ masterKey: db.masterKey, previousMasterKey: masterKey });
    expect((await everything(seed, db.masterKey)).texts).toEqual(new Set(["moved"]));
  });

  it("stops after the batch under way when it is told to, and goes on from there", async () => {
    const seed = await seedOrganization(db.database);
    const keyring = keyringOf(db.masterKey);
    for (let index = 0; index < 60; index += 1) {
      await insertSecret(db.database, keyring, seed, `stop ${String(index)}`);
    }
    const stop = new AbortController();
    const stopped = await rotateNow({}, stop.signal, (line) => {
      if (line.startsWith("secrets.value: ")) {
        stop.abort();
      }
    });
    expect(stopped).toMatchObject({ interrupted: true, resealedValues: 10 });
    expect((await everything(seed, db.masterKey)).keyIds.size).toBe(2);
    expect(await rotateNow()).toMatchObject({ interrupted: false, resealedValues: 50 });
    const done = await everything(seed, db.masterKey);
    expect(done.keyIds.size).toBe(1);
    expect(done.texts.size).toBe(60);
  });

  it("leaves a damaged value as it is, says which, and does the rest", async () => {
    const seed = await seedOrganization(db.database);
    const keyring = keyringOf(db.masterKey);
    const damaged = await insertSecret(db.database, keyring, seed, "damaged");
    const sound = await insertSecret(db.database, keyring, seed, "sound");
    const { organizationId } = seed;
    await asOrganization(
      db.database,
      organizationId,
      (sql) => sql`update secrets set version = 7 where id = ${damaged}`,
    );
    const lines: string[] = [];
    const report = await rotateNow({}, new AbortController().signal, (line) => lines.push(line));
    expect(report.unreadableValues).toBe(1);
    expect(lines.join("\n")).toContain(damaged);
    const [row] = await asOrganization(
      db.database,
      organizationId,
      (sql) => sql<{ sealed: Buffer }[]>`select value_sealed as sealed from secrets where id = ${sound}`,
    );
    expect(sealedKeyId(row?.sealed ?? Buffer.alloc(0))).toBe((await keysOf(seed))[0]?.id);
    await asOrganization(
      db.database,
      organizationId,
      (sql) => sql`delete from secrets where id = ${damaged}`,
    );
  });

  it("loses nothing when it is killed again and again while others write", { timeout: 120_000 }, async () => {
    const seed = await seedOrganization(db.database);
    const { organizationId } = seed;
    const seeder = keyringOf(db.masterKey);
    const expected = new Map<string, { version: number; text: string }>();
    for (let index = 0; index < 400; index += 1) {
      const text = `value ${String(index)}`;
      expected.set(await insertSecret(db.database, seeder, seed, text), { version: 1, text });
    }
    const ids = [...expected.keys()];
    const runTexts = new Set<string>();
    const written = new AbortController();
    let writes = 0;
    const write = async (): Promise<void> => {
      const keyring = keyringOf(db.masterKey);
      for (; !written.signal.aborted; writes += 1) {
        const id = ids[randomInt(ids.length)] ?? "";
        const version = (expected.get(id)?.version ?? 0) + 1;
        const text = `${id} at ${String(version)}`;
        const sealed = await seal(keyring, secretPlace(organizationId, id, version), text);
        await asOrganization(
          db.database,
          organizationId,
          (sql) => sql`update secrets set value_sealed = ${sealed}, version = ${version} where id = ${id}`,
        );
        expected.set(id, { version, text });
        const run = await insertRun(db.database, keyring, seed, String(writes));
        runTexts.add(run);
      }
    };
    const writer = write();
    const killed: boolean[] = [];
    for (let round = 0; round < 4; round += 1) {
      killed.push(await rotateAndKill(round * 2 + 1));
    }
    written.abort();
    await writer;
    expect(killed).toEqual([true, true, true, true]);
    expect(writes).toBeGreaterThan(10);

    await rotateNow();
    const stored = await asOrganization(
      db.database,
      organizationId,
      async (sql) =>
        await sql<{ id: string; version: number; sealed: Buffer }[]>`
          select id, version, value_sealed as sealed from secrets`,
    );
    const reader = keyringOf(db.masterKey);
    for (const { id, version, sealed } of stored) {
      expect({
        version,
        text: await openText(reader, secretPlace(organizationId, id, version), sealed),
      }).toEqual(expected.get(id));
    }
    expect(stored.length).toBe(400);
    const all = await everything(seed, db.masterKey);
    expect(all.keyIds.size).toBe(1);
    expect(all.texts.size).toBe(400 + runTexts.size * 3);
  });
});

/** Starts the real command and kills it, without warning, after some batches; whether it was killed at work. */
async function rotateAndKill(batches: number): Promise<boolean> {
  const child = spawn(process.execPath, ["runtime/launch.js", "vault", "rotate", "--json"], {
    env: { DATABASE_URL: db.url, TENON_MASTER_KEY: db.masterKey.toString("base64"), NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  let seen = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    seen += /sealed anew$|^tenon vault: waiting/.test(line) ? 1 : 0;
    if (seen >= batches || line.includes("waiting")) {
      child.kill("SIGKILL");
      break;
    }
  }
  const [, signal] = (await exited) as [number | null, NodeJS.Signals | null];
  return signal === "SIGKILL";
}
