import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "#runtime/db/migrate.ts";
import { startEmbedded } from "#runtime/embedded/start.ts";
import { migrateQueue } from "#runtime/queue/migrate.ts";
import { TEMPLATE, TEST_MASTER_KEY } from "./database.ts";
import { connectOwner } from "./owner.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Owner's URL of the server that all suites share. */
    databaseServer: string;
  }
}

/** Starts one embedded PostgreSQL for all suites, with a migrated template that each test database is cloned from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), "tenon-test-"));
  const server = await startEmbedded(folder, {
    max_connections: "400",
    fsync: "off",
    synchronous_commit: "off",
  });
  const owner = connectOwner(server.url);
  await owner.unsafe(`create database ${TEMPLATE}`);
  await owner.end();
  const url = new URL(server.url);
  url.pathname = `/${TEMPLATE}`;
  const access = { url: url.href, masterKey: TEST_MASTER_KEY };
  await migrate(access);
  await migrateQueue(access);
  project.provide("databaseServer", server.url);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
