import { inject } from "vitest";
import { connectDatabase } from "#runtime/db/connect.ts";
import type { Database } from "#runtime/db/connect.ts";
import { randomHex } from "#runtime/ids.ts";
import { connectOwner } from "./owner.ts";

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = "tenon_template";
/** The master key of all tests: the roles' passwords come from it, and roles are the server's, not a database's. */
export const TEST_MASTER_KEY: Buffer = Buffer.alloc(32, 7);

/** A database of its own, gone with `close`. */
export interface TestDatabase {
  /** URL of the owner. */
  readonly url: string;
  readonly masterKey: Buffer;
  readonly database: Database;
  close(): Promise<void>;
}

/** Clones the template: a few tens of milliseconds, and nothing is shared with any other test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomHex(8)}`;
  const server = inject("databaseServer");
  await asOwner(server, `create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = connectDatabase(
    { url: url.href, masterKey: TEST_MASTER_KEY },
    { poolSize: 8, process: "test" },
  );
  return {
    url: url.href,
    masterKey: TEST_MASTER_KEY,
    database,
    close: async () => {
      await database.close();
      await asOwner(server, `drop database ${name} with (force)`);
    },
  };
}

async function asOwner(url: string, statement: string): Promise<void> {
  const owner = connectOwner(url);
  try {
    await owner.unsafe(statement);
  } finally {
    await owner.end({ timeout: 5 });
  }
}
