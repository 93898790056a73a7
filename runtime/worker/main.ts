import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { readConfig } from "#runtime/config.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import { migrate } from "#runtime/db/migrate.ts";
import { createEgress } from "#runtime/egress/fetch.ts";
import { databaseAccess } from "#runtime/embedded/access.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { createLogger } from "#runtime/log.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { readManagedApps } from "#runtime/oauth/managed-apps.ts";
import { startClock } from "#runtime/oauth/clock.ts";
import { localCourier, startCourier } from "#runtime/oauth/courier.ts";
import { openQueue } from "#runtime/queue/open.ts";
import type { Work } from "#runtime/queue/backend.ts";
import { jobPayload, QUEUES } from "#runtime/queue/names.ts";
import { createRunQueue } from "#runtime/queue/run-queue.ts";
import { createRunFeed } from "#runtime/runs/feed.ts";
import { createRunNotifier } from "#runtime/runs/notify.ts";
import { createSecretUseLog } from "#runtime/runs/record-secret-use.ts";
import { runService } from "#runtime/service.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { createBundleLoader } from "#runtime/workflows/load.ts";
import { checkPublication } from "./check.ts";
import { startDeliveries } from "./deliver.ts";
import { createAuthenticate } from "./handler.ts";
import { createLeaseKeeper } from "./leases.ts";
import type { WorkerParts } from "./parts.ts";
import { startRefresh } from "./refresh.ts";
import { startRevocations } from "./revoke.ts";
import { executeRun } from "./run.ts";
import { startSweep } from "./sweep.ts";

/** How long runs under way may take to end when the worker is stopped; then they go back to the queue. */
const DRAIN_MS = 20_000;
const HEARTBEAT_MS = 10_000;

/** Starts one worker: it takes runs from both queues until it is stopped. */
export async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger("worker", config.logLevel);
  const access = databaseAccess(config);
  await migrate(access);
  const database = connectDatabase(access, { poolSize: 6, process: "worker" });
  const backend = await openQueue(config, access, log);
  const queue = createRunQueue(backend);
  const notifier = createRunNotifier(access, log);
  const feed = await createRunFeed({ database, access, log });
  const egress = createEgress({ allow: config.egressAllow });
  const sandboxes = await createSandboxPool({ config, egress, log });
  const keyring = createKeyring({
    database,
    masterKey: config.masterKey,
    previousMasterKey: config.previousMasterKey,
  });
  const catalogue = createCatalogue(database, readManagedApps(config.oauthAppsFile));
  const authenticate = createAuthenticate({ sandboxes });
  const clock = await startClock(database);
  // Handlers run in sandboxes, which only a worker has; every other token call is made by the courier's process.
  const handlers = localCourier({
    database,
    keyring,
    egress,
    catalogue,
    log,
    authenticate,
    now: clock.now,
  });
  const courier = startCourier({ log, elsewhere: async (request) => handlers.refresh(request) });
  const parts: WorkerParts = {
    config,
    database,
    keyring,
    courier,
    egress,
    catalogue,
    queue,
    notifier,
    bundles: createBundleLoader(database),
    sandboxes,
    leases: createLeaseKeeper({ database, feed, log }),
    recordSecretUse: createSecretUseLog(database),
    log,
    now: clock.now,
    name: `${hostname()}/${String(process.pid)}`,
  };
  const work = dispatch(parts);
  const workers = QUEUES.map((name) => backend.worker(name, work, { concurrency: config.workerConcurrency }));
  const sweeping = startSweep(parts);
  const refreshing = startRefresh({ database, courier, log, now: clock.now });
  const delivering = startDeliveries({ database, keyring: parts.keyring, egress, log });
  const revoking = startRevocations({ database, keyring, egress, catalogue, log });
  const beating = heartbeat(config.heartbeatFile);
  runService({
    log,
    name: "worker",
    facts: { concurrency: config.workerConcurrency, queue: config.redisUrl === null ? "postgres" : "redis" },
    stop: async () => {
      const drained = Promise.all(workers.map(async (worker) => worker.close()));
      const impatient = setTimeout(() => {
        parts.leases.stopAll("shutdown");
      }, DRAIN_MS);
      await drained;
      clearTimeout(impatient);
      await Promise.all([sweeping.stop(), delivering.stop(), refreshing.stop(), revoking.stop()]);
      clearInterval(beating);
      parts.leases.close();
      await Promise.all([courier.close(), handlers.close()]);
      clock.close();
      await Promise.all([sandboxes.close(), egress.close(), feed.close(), notifier.close(), queue.close()]);
      await Promise.all([backend.close(), database.close()]);
    },
  });
}

function heartbeat(file: string | null): NodeJS.Timeout | undefined {
  if (file === null) {
    return undefined;
  }
  const beat = (): void => {
    writeFileSync(file, `${new Date().toISOString()}\n`);
  };
  beat();
  return setInterval(beat, HEARTBEAT_MS);
}

function dispatch(parts: WorkerParts): Work {
  return async (payload) => {
    const job = jobPayload.parse(payload);
    await (job.kind === "run" ? executeRun(parts, job) : checkPublication(parts, job));
  };
}
