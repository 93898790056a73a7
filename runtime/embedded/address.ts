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

/** Where a server listens. */
export interface Address {
  /** The folder of its socket, which only its account may enter; null: it listens on loopback. */
  readonly folder: string | null;
  /** On loopback; of a socket, the number in its name. */
  readonly port: number;
}

/** The number in the name of a socket that has its folder for itself. */
const SOCKET_PORT = 5432;
/** What a socket's path may have (sockaddr_un of macOS; Linux takes four more). */
const SOCKET_PATH_BYTES = 103;

/**
 * A socket in the cluster's own folder, which costs less than loopback and is there for nobody else; null where the
 * system has none, or the path is too long for one.
 */
export function socketIn(cluster: string): Address | null {
  const bytes = Buffer.byteLength(path.join(cluster, `.s.PGSQL.${String(SOCKET_PORT)}`));
  return process.platform === "win32" || bytes > SOCKET_PATH_BYTES
    ? null
    : { folder: cluster, port: SOCKET_PORT };
}

/** URL of the embedded database, as its owner. */
export function ownerUrl({ folder, port }: Address, password: string, database: string = DATABASE): string {
  const url = `postgres://${OWNER}:${password}@127.0.0.1:${String(port)}/${database}`;
  return folder === null ? url : `${url}?host=${encodeURIComponent(folder)}`;
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
  // postmaster.pid, lines 4 and 5: port and socket's folder (PostgreSQL, src/include/utils/pidfile.h).
  const [, , , port, folder = ""] = readFileSync(pidFile, "utf8").split("\n");
  const address = { folder: folder === "" ? null : folder, port: Number(port) };
  return ownerUrl(address, readFileSync(secret, "utf8").trim());
}
