import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { insertSecret, seedOrganization } from "./seed.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command; `interruptAt`: it is sent SIGINT when this appears in its progress. */
async function vault(args: readonly string[], masterKey: Buffer, interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, ["runtime/launch.js", "vault", ...args], {
    env: { DATABASE_URL: db.url, TENON_MASTER_KEY: masterKey.toString("base64") },
  });
  let stdout = "";
  let stderr = "";
  let interrupted = false;
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    if (interruptAt !== undefined && !interrupted && stderr.includes(interruptAt)) {
      interrupted = true;
      child.kill("SIGINT");
    }
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

describe("tenon vault", () => {
  it("says how it is used", async () => {
    for (const args of [[], ["shuffle"], ["rotate", "--fast"]]) {
      expect(await vault(args, db.masterKey)).toMatchObject({
        code: 1,
        stdout: "",
        stderr: "tenon: Usage: tenon vault rotate [--json]\n",
      });
    }
  });

  it("has one JSON line for a rotation with nothing to do", async () => {
    const { code, stdout } = await vault(["rotate", "--json"], db.masterKey);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ newKeys: 0, interrupted: false });
    expect(stdout.trimEnd()).not.toContain("\n");
  });

  it("names the setting when its master key is not the servers'", async () => {
    const { code, stderr } = await vault(["rotate"], randomBytes(32));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tenon: .*TENON_MASTER_KEY.*\n$/);
  });

  it("stops on SIGINT, says how to go on, and does", async () => {
    const keyring = createKeyring({
      database: db.database,
      masterKey: db.masterKey,
      previousMasterKey: null,
    });
    const seed = await seedOrganization(db.database);
    await insertSecret(db.database, keyring, seed, "value");
    const { code, stdout, stderr } = await vault(["rotate", "--json"], db.masterKey, "waiting");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ newKeys: 1, resealedValues: 1, interrupted: true });
    expect(stderr).toContain("Run the same command again");
  });
});
