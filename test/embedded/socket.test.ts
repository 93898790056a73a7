import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findEmbedded } from "#runtime/embedded/address.ts";
import { startEmbedded } from "#runtime/embedded/start.ts";
import { readConfig } from "#runtime/config.ts";
import { connectOwner } from "#test/support/owner.ts";

const folders: string[] = [];

function newFolder(below = ""): string {
  const folder = mkdtempSync(path.join(tmpdir(), "tenon-embedded-"));
  folders.push(folder);
  // As root the cluster moves elsewhere from where its account cannot pass.
  chmodSync(folder, 0o755);
  const deep = path.join(folder, below);
  mkdirSync(deep, { recursive: true });
  return deep;
}

/** What the server says of where it listens. */
async function listening(url: string): Promise<Record<string, unknown> | undefined> {
  const sql = connectOwner(url);
  try {
    const [row] = await sql`
      select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as folders,
        inet_server_addr() is null as by_socket`;
    return row;
  } finally {
    await sql.end();
  }
}

afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe.skipIf(process.platform === "win32")("the embedded database", () => {
  test("listens on a socket in its own folder and on no port; commands beside it find it", async () => {
    const dataDir = newFolder();
    const database = await startEmbedded(dataDir);
    try {
      expect(await listening(database.url)).toEqual({
        addresses: "",
        folders: database.cluster,
        by_socket: true,
      });
      expect(findEmbedded(readConfig({ TENON_DATA_DIR: dataDir }))).toBe(database.url);
    } finally {
      await database.stop();
    }
  });

  test("listens on loopback where the path is too long for a socket", async () => {
    const dataDir = newFolder("a-folder-with-a-long-name".repeat(4));
    const database = await startEmbedded(dataDir);
    try {
      expect(await listening(database.url)).toEqual({
        addresses: "127.0.0.1",
        folders: "",
        by_socket: false,
      });
      expect(findEmbedded(readConfig({ TENON_DATA_DIR: dataDir }))).toBe(database.url);
    } finally {
      await database.stop();
    }
  });

  test("starts where a killed one left its socket, whoever has its process's number now", async () => {
    const dataDir = newFolder();
    const first = await startEmbedded(dataDir);
    await first.stop();
    const lock = path.join(first.cluster, ".s.PGSQL.5432.lock");
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, `${String(process.pid)}\n${first.cluster}\n0\n5432\n${first.cluster}\n`);
    const second = await startEmbedded(dataDir);
    try {
      expect(await listening(second.url)).toMatchObject({ by_socket: true });
    } finally {
      await second.stop();
    }
  });
});
