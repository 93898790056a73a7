import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError } from "#runtime/errors.ts";
import type { Place } from "./place.ts";

/** How long an older server may take to go, in milliseconds. */
const GONE_DEADLINE_MS = 20_000;

/** Ends a server that outlived its supervisor (kill -9): two servers on one cluster would destroy it. */
export async function endLeftover(place: Place): Promise<void> {
  await endServer(place);
  // A killed server leaves its socket, with a lock that names a process which by now may be somebody else's.
  const left = existsSync(place.cluster) ? readdirSync(place.cluster) : [];
  for (const name of left.filter((file) => file.startsWith(".s.PGSQL."))) {
    rmSync(path.join(place.cluster, name), { force: true });
  }
}

async function endServer(place: Place): Promise<void> {
  const pidFile = path.join(place.cluster, "postmaster.pid");
  if (!existsSync(pidFile)) {
    return;
  }
  const [pidLine, folder] = readFileSync(pidFile, "utf8").split("\n");
  const pid = Number(pidLine);
  if (!(pid > 0) || folder !== place.cluster) {
    return;
  }
  if (isZombie(pid)) {
    await forgetZombie(place.cluster, pidFile);
    return;
  }
  if (!isPostgres(pid)) {
    return;
  }
  signal(pid, "SIGINT");
  const deadline = Date.now() + GONE_DEADLINE_MS;
  while (isPostgres(pid)) {
    if (Date.now() > deadline) {
      throw new SetupError(
        `An older PostgreSQL (process ${String(pid)}) still holds ${place.cluster}: stop it first.`,
      );
    }
    await delay(50);
  }
}

/** Whether a process was killed and nobody has waited for it: without an init, as in many containers, for ever. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

/**
 * PostgreSQL takes a zombie's pid file for a running server's and refuses to start, so the file goes: but only
 * once the dead server's own children, which may still write, have ended. They do as soon as they notice.
 */
async function forgetZombie(cluster: string, pidFile: string): Promise<void> {
  const deadline = Date.now() + GONE_DEADLINE_MS;
  while (readdirSync("/proc").some((pid) => mayWriteTo(cluster, pid))) {
    if (Date.now() > deadline) {
      throw new SetupError(`Processes of an older PostgreSQL still hold ${cluster}: stop them first.`);
    }
    await delay(50);
  }
  rmSync(pidFile, { force: true });
}

/** A server's child works in the cluster's folder; where we may not see its folder, we take it for one. */
function mayWriteTo(cluster: string, pid: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("postgres: ")) {
      return false;
    }
  } catch {
    return false;
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another account's process is alive too; what it is, we see below.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") {
      return false;
    }
  }
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").includes("postgres");
  } catch {
    // No /proc on this system: the live pid in the cluster's own pid file has to do.
    return process.platform !== "linux";
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}
