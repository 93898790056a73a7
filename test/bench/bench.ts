/**
 * `npm run bench`: the product's figures beside floors that are measured in the same run, on both queue
 * backends. Medians of several rounds; ends with one line of JSON. Exits 1 when a run was wrong or lost.
 */
import { setTimeout as delay } from "node:timers/promises";
import { bundleWorkflow } from "#sdk/bundle.ts";
import { startEmbedded } from "#runtime/embedded/start.ts";
import { readConfig } from "#runtime/config.ts";
import { newDataDir, removeDataDir, startInstallation } from "#test/support/installation.ts";
import type { Installation } from "#test/support/installation.ts";
import { hasRedis, startRedis } from "#test/support/redis.ts";
import { cpuPerRun, cpuTimes } from "./cpu.ts";
import { honoEcho, rawIsolate, rawQueue } from "./floors.ts";
import type { Figures } from "./floors.ts";
import { measureIsolate } from "./isolate.ts";
import { median, percentile, round, throughput, treeMemoryMb } from "./measure.ts";
import { idleIsolateMb, measureGrowth } from "./memory.ts";
import { sandboxRuns } from "./sandbox.ts";
import { connect, deployBench, instantRuns, ISOLATIONS, runOnce, SOURCE } from "./product.ts";
import type { Caller, Isolation } from "./product.ts";

const WIDTH = 50;
/** Idle means idle: connections that nobody used for 20 s are closed, heaps are collected. */
const REST_MS = 60_000;
const SETTLE_MS = 3_000;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
const COUNT = Number(process.env["BENCH_COUNT"] ?? 200);
/** Runs of the figures about memory. */
const MANY = Number(process.env["BENCH_MANY"] ?? 10_000);

interface BackendReport {
  readonly startReadyEmptyMs: number;
  readonly startFirstResultEmptyMs: number;
  readonly startFirstResultExistingMs: number;
  /** After a start, before any work. */
  readonly idleMemoryMb: number | null;
  /** After the load and a minute's rest. */
  readonly restedMemoryMb: number | null;
  readonly instantP50Ms: number;
  readonly instantP99Ms: number;
  readonly runsPerSecond: number;
  readonly warmInstantP50Ms: number;
  readonly warmRunsPerSecond: number;
  /** CPU time per run with all in flight, in milliseconds, by process. */
  readonly cpuMsPerRun: Readonly<Record<Isolation, Readonly<Record<string, number>>>>;
  readonly floors: Readonly<Record<string, number>>;
  /** The sandbox alone, without database, queue or HTTP. */
  readonly sandbox: { readonly runsPerSecond: number; readonly warmRunsPerSecond: number };
  /** The sandbox alone against the isolate floor: how many times as long, how many times fewer. */
  readonly sandboxCost: { readonly p50: number; readonly throughput: number };
}

/** @param servers - Processes that the installation uses and did not start. */
async function measureBackend(
  name: "postgres" | "redis",
  redisUrl: string | null,
  servers: readonly number[],
): Promise<BackendReport> {
  const dataDir = newDataDir();
  const env = redisUrl === null ? {} : { REDIS_URL: redisUrl };
  const { code } = await bundleWorkflow({ source: SOURCE, filename: "bench.ts" });
  let installation: Installation | null = null;
  try {
    console.error(`bench: ${name}: first start on an empty data directory`);
    const begin = performance.now();
    installation = await startInstallation(dataDir, env);
    const startReadyEmptyMs = installation.readyMs;
    let caller = connect(installation, WIDTH);
    await deployBench(caller);
    await runOnce(caller, "fresh");
    const startFirstResultEmptyMs = performance.now() - begin;
    await caller.close();
    await installation.stop();

    console.error(`bench: ${name}: start on the existing data directory`);
    const again = performance.now();
    installation = await startInstallation(dataDir, env);
    caller = connect(installation, WIDTH);
    await runOnce(caller, "fresh");
    const startFirstResultExistingMs = performance.now() - again;

    await delay(SETTLE_MS);
    const idleMemoryMb = memoryMb(installation.pid);
    for (const isolation of ISOLATIONS) {
      await instantRuns(caller, isolation, 50, WIDTH);
    }
    const rounds: Record<"product" | "warm" | "echo" | "isolate" | "sandbox" | "warmSandbox", Figures>[] = [];
    for (let round_ = 1; round_ <= ROUNDS; round_++) {
      console.error(`bench: ${name}: round ${String(round_)} of ${String(ROUNDS)}`);
      rounds.push({
        echo: await honoEcho(COUNT, WIDTH),
        isolate: await rawIsolate(code, COUNT, WIDTH),
        sandbox: await sandboxRuns({ code, isolation: "fresh" }, COUNT, WIDTH),
        warmSandbox: await sandboxRuns({ code, isolation: "warm" }, COUNT, WIDTH),
        product: await instantRuns(caller, "fresh", COUNT, WIDTH),
        warm: await instantRuns(caller, "warm", COUNT, WIDTH),
      });
    }
    const roots = [installation.pid, ...servers];
    const cpuMsPerRun = {
      fresh: await measureCpu(caller, "fresh", roots),
      warm: await measureCpu(caller, "warm", roots),
    };
    await delay(REST_MS);
    const restedMemoryMb = memoryMb(installation.pid);
    await caller.close();
    await installation.stop();

    const queue = await measureQueueFloor(dataDir, redisUrl);
    const of = (pick: (one: (typeof rounds)[number]) => number): number => round(median(rounds.map(pick)));
    return {
      startReadyEmptyMs: round(startReadyEmptyMs),
      startFirstResultEmptyMs: round(startFirstResultEmptyMs),
      startFirstResultExistingMs: round(startFirstResultExistingMs),
      idleMemoryMb,
      restedMemoryMb,
      instantP50Ms: of(({ product }) => percentile(product.times, 50)),
      instantP99Ms: of(({ product }) => percentile(product.times, 99)),
      runsPerSecond: of(({ product }) => product.perSecond),
      warmInstantP50Ms: of(({ warm }) => percentile(warm.times, 50)),
      warmRunsPerSecond: of(({ warm }) => warm.perSecond),
      cpuMsPerRun,
      floors: {
        honoEchoP50Ms: of(({ echo }) => percentile(echo.times, 50)),
        honoEchoPerSecond: of(({ echo }) => echo.perSecond),
        isolateP50Ms: of(({ isolate }) => percentile(isolate.times, 50)),
        isolatesPerSecond: of(({ isolate }) => isolate.perSecond),
        queueP50Ms: round(percentile(queue.times, 50)),
        queuePerSecond: round(queue.perSecond),
      },
      sandbox: {
        runsPerSecond: of(({ sandbox }) => sandbox.perSecond),
        warmRunsPerSecond: of(({ warmSandbox }) => warmSandbox.perSecond),
      },
      sandboxCost: {
        p50: of(({ sandbox, isolate }) => percentile(sandbox.times, 50) / percentile(isolate.times, 50)),
        throughput: of(({ sandbox, isolate }) => isolate.perSecond / sandbox.perSecond),
      },
    };
  } finally {
    await installation?.stop();
    removeDataDir(dataDir);
  }
}

async function measureCpu(
  caller: Caller,
  isolation: Isolation,
  roots: readonly number[],
): Promise<Record<string, number>> {
  const before = cpuTimes(roots);
  await throughput(COUNT * 3, WIDTH, async () => runOnce(caller, isolation));
  return cpuPerRun(before, cpuTimes(roots), COUNT * 3);
}

function memoryMb(pid: number): number | null {
  const memory = treeMemoryMb(pid);
  return memory === null ? null : round(memory);
}

/** With the product stopped: its workers would take the floor's jobs. */
async function measureQueueFloor(dataDir: string, redisUrl: string | null): Promise<Figures> {
  const { masterKey } = readConfig({ TENON_DATA_DIR: dataDir });
  const database = await startEmbedded(dataDir);
  try {
    return await rawQueue({ redisUrl, database: { url: database.url, masterKey } }, COUNT, WIDTH);
  } finally {
    await database.stop();
  }
}

const report: Record<string, BackendReport | "skipped"> = {
  postgres: await measureBackend("postgres", null, []),
};
if (hasRedis()) {
  const redis = await startRedis();
  try {
    report["redis"] = await measureBackend("redis", redis.url, [redis.pid]);
  } finally {
    await redis.stop();
  }
} else {
  console.error("bench: redis-server is not installed: the Redis backend is skipped");
  report["redis"] = "skipped";
}
console.error("bench: isolates: time against the floor, memory, growth");
const isolates = {
  ...(await measureIsolate(ROUNDS, COUNT)),
  idleMb: await idleIsolateMb(),
  growth: { fresh: await measureGrowth(MANY, "fresh"), warm: await measureGrowth(MANY, "warm") },
};
console.log(
  JSON.stringify({ bench: report, isolates, rounds: ROUNDS, runsPerRound: COUNT, inFlight: WIDTH }),
);
