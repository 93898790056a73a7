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
import { honoEcho, rawIsolate, rawQueue } from "./floors.ts";
import type { Figures } from "./floors.ts";
import { median, percentile, round, treeMemoryMb } from "./measure.ts";
import { sandboxRuns } from "./sandbox.ts";
import { connect, deployBench, instantRuns, runOnce, SOURCE } from "./product.ts";

const WIDTH = 50;
/** Idle means idle: connections that nobody used for 20 s are closed, heaps are collected. */
const REST_MS = 60_000;
const SETTLE_MS = 3_000;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
const COUNT = Number(process.env["BENCH_COUNT"] ?? 200);

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
  readonly floors: Readonly<Record<string, number>>;
  /** The sandbox alone against the isolate floor: how many times as long, how many times fewer. */
  readonly sandboxCost: { readonly p50: number; readonly throughput: number };
}

async function measureBackend(name: "postgres" | "redis", redisUrl: string | null): Promise<BackendReport> {
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
    await runOnce(caller);
    const startFirstResultEmptyMs = performance.now() - begin;
    await caller.close();
    await installation.stop();

    console.error(`bench: ${name}: start on the existing data directory`);
    const again = performance.now();
    installation = await startInstallation(dataDir, env);
    caller = connect(installation, WIDTH);
    await runOnce(caller);
    const startFirstResultExistingMs = performance.now() - again;

    await delay(SETTLE_MS);
    const idleMemoryMb = memoryMb(installation.pid);
    await instantRuns(caller, 50, WIDTH);
    const rounds: { product: Figures; echo: Figures; isolate: Figures; sandbox: Figures }[] = [];
    for (let round_ = 1; round_ <= ROUNDS; round_++) {
      console.error(`bench: ${name}: round ${String(round_)} of ${String(ROUNDS)}`);
      rounds.push({
        echo: await honoEcho(COUNT, WIDTH),
        isolate: await rawIsolate(code, COUNT, WIDTH),
        sandbox: await sandboxRuns(code, COUNT, WIDTH),
        product: await instantRuns(caller, COUNT, WIDTH),
      });
    }
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
      floors: {
        honoEchoP50Ms: of(({ echo }) => percentile(echo.times, 50)),
        honoEchoPerSecond: of(({ echo }) => echo.perSecond),
        isolateP50Ms: of(({ isolate }) => percentile(isolate.times, 50)),
        isolatesPerSecond: of(({ isolate }) => isolate.perSecond),
        queueP50Ms: round(percentile(queue.times, 50)),
        queuePerSecond: round(queue.perSecond),
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
  postgres: await measureBackend("postgres", null),
};
if (hasRedis()) {
  const redis = await startRedis();
  try {
    report["redis"] = await measureBackend("redis", redis.url);
  } finally {
    await redis.stop();
  }
} else {
  console.error("bench: redis-server is not installed: the Redis backend is skipped");
  report["redis"] = "skipped";
}
console.log(JSON.stringify({ bench: report, rounds: ROUNDS, runsPerRound: COUNT, inFlight: WIDTH }));
