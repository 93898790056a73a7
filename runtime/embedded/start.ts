import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { asOwner } from "#runtime/db/connect.ts";
import { SetupError } from "#runtime/errors.ts";
import { DATABASE, OWNER, ownerUrl, passwordFile, socketIn } from "./address.ts";
import type { Address } from "./address.ts";
import { endLeftover } from "./leftover.ts";
import { choosePlace } from "./place.ts";
import type { Place } from "./place.ts";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;

/** A running embedded PostgreSQL. */
export interface EmbeddedDatabase {
  /** URL of the owner. */
  readonly url: string;
  /** The cluster's folder, for the operator to know. */
  readonly cluster: string;
  /** Resolves when the server ends, for whatever reason. */
  readonly ended: Promise<void>;
  /** Stops it cleanly: sessions are ended, everything is on disk. */
  stop(): Promise<void>;
}

/**
 * Starts the cluster in `dataDir`, making it first where there is none. The caller holds the directory's lock.
 *
 * @param settings - Server settings on top of the product's own. Where there can be no socket and there is no
 *   `port`, a free one is taken.
 */
export async function startEmbedded(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedDatabase> {
  const place = choosePlace(dataDir);
  const password = ownerPassword(dataDir);
  await endLeftover(place);
  if (!existsSync(path.join(place.cluster, "PG_VERSION"))) {
    await initialize(place, password);
  }
  const address = socketIn(place.cluster) ?? (await onLoopback(settings["port"]));
  const server = serve(place, address, settings);
  const url = ownerUrl(address, password);
  const maintenance = ownerUrl(address, password, "postgres");
  try {
    await Promise.race([ready(maintenance), server.failed]);
    await ensureDatabase(maintenance);
  } catch (error) {
    server.child.kill("SIGQUIT");
    throw error;
  }
  return { url, cluster: place.cluster, ended: server.ended, stop: () => stop(server.child, server.ended) };
}

function ownerPassword(dataDir: string): string {
  const file = passwordFile(dataDir);
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(24).toString("hex")}\n`, { mode: 0o600 });
  }
  return readFileSync(file, "utf8").trim();
}

/** Makes the cluster beside its place and moves it there whole: a killed first start leaves nothing half-made. */
async function initialize(place: Place, password: string): Promise<void> {
  const half = `${place.cluster}.new`;
  const folder = mkdtempSync(path.join(tmpdir(), "tenon-initdb-"));
  const secret = path.join(folder, "password");
  rmSync(half, { recursive: true, force: true });
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  try {
    if (place.account !== null) {
      const { uid, gid } = place.account;
      chownSync(folder, uid, gid);
      chownSync(secret, uid, gid);
      mkdirSync(half, { mode: 0o700 });
      chownSync(half, uid, gid);
    }
    await run(place, path.join(place.programs, "initdb"), [
      `--pgdata=${half}`,
      `--username=${OWNER}`,
      `--pwfile=${secret}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--locale=C.UTF-8",
      "--lc-messages=C",
      "--no-instructions",
      "--no-sync",
    ]);
    rmSync(place.cluster, { recursive: true, force: true });
    renameSync(half, place.cluster);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(place: Place, program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {
    ...place.account,
    cwd: "/",
    env: { LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) {
    throw new SetupError(`The embedded database could not be made: ${lastLine(complaint)}`);
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  /** Rejects when the server ends. */
  readonly failed: Promise<never>;
}

function serve(place: Place, address: Address, settings: Readonly<Record<string, string>>): Server {
  const options = { ...SERVER_SETTINGS, ...settings, ...listening(address) };
  const args = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Its own session, so that Ctrl-C in the terminal reaches the supervisor alone, which stops us last.
  const child = spawn(path.join(place.programs, "postgres"), ["-D", place.cluster, ...args], {
    ...place.account,
    cwd: "/",
    env: { LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let complaint = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (complaint = (complaint + text).slice(-4_000)));
  const ended = once(child, "close").then(() => undefined);
  const failed = ended.then(() => {
    throw new SetupError(`The embedded database did not start: ${lastLine(complaint)}`);
  });
  failed.catch(() => undefined);
  return { child, ended, failed };
}

function listening({ folder, port }: Address): Record<string, string> {
  return {
    listen_addresses: folder === null ? "127.0.0.1" : "",
    unix_socket_directories: folder ?? "",
    unix_socket_permissions: "0700",
    port: String(port),
  };
}

/** No replication, durable as ever (fsync stays on), and small: it shares the machine with the product. */
const SERVER_SETTINGS = {
  max_connections: "100",
  shared_buffers: "64MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  io_method: "sync",
  jit: "off",
  log_min_messages: "fatal",
  timezone: "UTC",
} as const;

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      await asOwner(url, async (owner) => owner.query("select 1"));
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new SetupError(`The embedded database does not answer: ${(error as Error).message}`, {
          cause: error,
        });
      }
      await delay(25);
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  await asOwner(url, async (owner) => {
    const { rows } = await owner.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rows.length === 0) {
      await owner.query(`create database ${DATABASE}`);
    }
  });
}

/** SIGINT is PostgreSQL's fast shutdown; where that takes too long, SIGQUIT, from which it recovers at the next start. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

async function onLoopback(port: string | undefined): Promise<Address> {
  return { folder: null, port: port === undefined ? await freePort() : Number(port) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") {
    throw new SetupError("No TCP port is free on 127.0.0.1 for the embedded database.");
  }
  return address.port;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "no reason given";
}
