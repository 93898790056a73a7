import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Config } from "#runtime/config.ts";
import { SetupError } from "#runtime/errors.ts";

/** Name of the cluster's superuser, which owns the schema. */
export const OWNER = "tenon";
export const DATABASE = "tenon";

/** File with the owner's password, readable by the operator only. */
export function passwordFile(dataDir: string): string {
  return path.join(dataDir, "postgres.password");
}

/** URL of the embedded database, as its owner. */
export function ownerUrl(port: number, password: string, database: string = DATABASE): string {
  return `postgres://${OWNER}:${password}@127.0.0.1:${String(port)}/${database}`;
}

/** URL of the embedded database that is running now, for commands beside it; a SetupError when none is. */
export function findEmbedded(config: Config): string {
  const pidFile = path.join(config.dataDir, "postgres", "postmaster.pid");
  const secret = passwordFile(config.dataDir);
  if (!existsSync(pidFile) || !existsSync(secret)) {
    throw new SetupError(
      `No embedded database is running in ${config.dataDir}. Start it with npm start, or set DATABASE_URL.`,
    );
  }
  // postmaster.pid, line 4: the port (PostgreSQL, "postmaster.pid" in src/include/utils/pidfile.h).
  const port = Number(readFileSync(pidFile, "utf8").split("\n")[3]);
  return ownerUrl(port, readFileSync(secret, "utf8").trim());
}
