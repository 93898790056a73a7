import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { connectDatabase } from "./db/connect.ts";
import { migrate } from "./db/migrate.ts";
import {
  bootstrapPath,
  createFirstOrganization,
  readBootstrap,
  writeBootstrap,
} from "./embedded/bootstrap.ts";
import { keepEmbedded } from "./embedded/keep.ts";
import type { KeptDatabase } from "./embedded/keep.ts";
import { lockDataDir } from "./embedded/lock.ts";
import { SetupError } from "./errors.ts";
import type { ServiceMessage, ServiceReady } from "./service.ts";

const LAUNCH = path.join(import.meta.dirname, "launch.js");
/** On one machine with everything else: a small nursery keeps the resident memory of a busy hour low. */
const SERVICE_FLAGS = ["--max-semi-space-size=4"] as const;
const READY_DEADLINE_MS = 60_000;
const RESTART_PAUSE_MS = { first: 500, longest: 15_000 } as const;
/** A service that ran this long is taken for healthy: its next restart is quick again. */
const HEALTHY_MS = 60_000;
const PARENT_CHECK_MS = 500;

/**
 * `npm start`: the whole product on one machine. One supervisor starts the embedded database, the API and a
 * worker, restarts what ends, and stops all of it together.
 */
export async function main(): Promise<void> {
  const config = readConfig();
  const unlock = config.databaseUrl === null ? lockDataDir(config.dataDir) : () => undefined;
  const stopping = new AbortController();
  const stopped = stopSignals(stopping);
  const compiled = compileOnce(stopping.signal);
  const database = config.databaseUrl === null ? await keepEmbedded(config.dataDir) : null;
  const services: Service[] = [];
  try {
    const url = database?.url ?? config.databaseUrl ?? "";
    const created = await firstStart(config, url);
    const env = serviceEnvironment(config, url);
    await Promise.race([compiled, stopped]);
    const worker = supervise("worker", env, stopping.signal);
    const api = supervise("api", env, stopping.signal);
    services.push(worker, api);
    const [apiReady] = await Promise.race([Promise.all([api.ready, worker.ready]), stopped]);
    if (apiReady !== undefined) {
      report(config, { url: apiReady.url ?? "", database, created });
    }
    await Promise.race([stopped, ...(database === null ? [] : [database.failed])]);
  } finally {
    stopping.abort();
    await Promise.all(services.map(async (service) => service.stop()));
    await database?.stop();
    unlock();
  }
}

/**
 * Resolves (to an empty list) when a signal asks us to stop; a second one ends us at once. SIGTERM sent to npm
 * alone reaches only the shell between npm and us, which dies of it: under npm, a lost parent is a signal too.
 */
async function stopSignals(stopping: AbortController): Promise<[]> {
  return new Promise((resolve) => {
    const stop = (): void => {
      console.error("tenon: stopping; runs under way end or go back to the queue");
      stopping.abort();
      resolve([]);
    };
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event !== undefined) {
      const watch = setInterval(() => {
        if (process.ppid !== parent) {
          clearInterval(watch);
          if (!stopping.signal.aborted) {
            stop();
          }
        }
      }, PARENT_CHECK_MS).unref();
    }
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        if (stopping.signal.aborted) {
          process.exit(1);
        }
        stop();
      });
    }
  });
}

/**
 * The first start of an installation compiles the services' sources beside the database's own start, in a process that
 * ends: they then find what `launch.js` keeps. Where nothing can be kept, each of them compiles for itself.
 */
async function compileOnce(signal: AbortSignal): Promise<void> {
  const kept = getCompileCacheDir();
  if (kept !== undefined && !existsSync(path.join(kept, "../compiled"))) {
    const compiling = fork(LAUNCH, ["compile"], {
      execArgv: [...SERVICE_FLAGS],
      stdio: "ignore",
      signal,
    });
    await once(compiling, "exit").catch(() => undefined);
  }
}

async function firstStart(config: Config, url: string): Promise<boolean> {
  const access = { url, masterKey: config.masterKey };
  await migrate(access);
  const database = connectDatabase(access, { poolSize: 1, process: "first start" });
  try {
    const created = await createFirstOrganization(database);
    if (created !== null) {
      writeBootstrap(config.dataDir, { url: config.publicUrl ?? "", ...created });
    }
    return created !== null;
  } finally {
    await database.close();
  }
}

function serviceEnvironment(config: Config, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TENON_EMBEDDED: "1",
    TENON_MASTER_KEY: config.masterKey.toString("base64"),
  };
}

interface Service {
  /** Resolves when it serves for the first time; rejects when it cannot start. */
  readonly ready: Promise<ServiceReady>;
  stop(): Promise<void>;
}

/** Runs one service as a child, and again whenever it ends by itself. */
function supervise(name: "api" | "worker", env: NodeJS.ProcessEnv, stopping: AbortSignal): Service {
  let child: ChildProcess | null = null;
  const firstReady = Promise.withResolvers<ServiceReady>();
  let served = false;
  let environment = env;
  const run = async (): Promise<void> => {
    for (
      let pause: number = RESTART_PAUSE_MS.first;
      !stopping.aborted;
      pause = Math.min(2 * pause, RESTART_PAUSE_MS.longest)
    ) {
      const started = Date.now();
      // Its own process group: Ctrl-C in the terminal is ours to pass on, in the right order.
      child = fork(LAUNCH, [name], {
        env: environment,
        execArgv: [...SERVICE_FLAGS],
        detached: true,
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      child.once("message", (message) => {
        const said = message as ServiceMessage;
        if (said.ready) {
          served = true;
          // A free port that was found once is kept: whoever knows the address finds it again.
          environment = said.port === undefined ? env : { ...env, PORT: String(said.port) };
          firstReady.resolve(said);
        } else {
          firstReady.reject(new SetupError(said.reason));
        }
      });
      const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      if (stopping.aborted) {
        return;
      }
      if (!served) {
        // A first start is not tried again: what is wrong is the operator's to mend.
        firstReady.reject(
          new SetupError(`The ${name} ended before it was ready (${String(signal ?? code)}).`),
        );
        return;
      }
      console.error(`tenon: the ${name} ended (${String(signal ?? code)}); it is started again`);
      pause = Date.now() - started > HEALTHY_MS ? RESTART_PAUSE_MS.first : pause;
      await delay(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
  };
  const ended = run();
  const deadline = setTimeout(() => {
    firstReady.reject(
      new SetupError(`The ${name} was not ready after ${String(READY_DEADLINE_MS / 1000)} seconds.`),
    );
  }, READY_DEADLINE_MS);
  firstReady.promise.then(
    () => clearTimeout(deadline),
    () => clearTimeout(deadline),
  );
  return {
    ready: firstReady.promise,
    stop: async () => {
      child?.kill("SIGTERM");
      await ended;
    },
  };
}

function report(
  config: Config,
  started: { url: string; database: KeptDatabase | null; created: boolean },
): void {
  const bootstrap = readBootstrap(config.dataDir);
  if (bootstrap !== null && bootstrap.url !== started.url) {
    writeBootstrap(config.dataDir, { ...bootstrap, url: started.url });
  }
  const lines = [
    "",
    `  Tenon is ready   ${started.url}`,
    `  API reference    ${started.url}/docs`,
    `  Data             ${config.dataDir}`,
    ...(started.database === null || started.database.cluster.startsWith(config.dataDir)
      ? []
      : [`  Database         ${started.database.cluster} (its account cannot enter ${config.dataDir})`]),
    `  Queue            ${config.redisUrl === null ? "BullMQ on PostgreSQL" : "BullMQ on Redis"}`,
    ...(started.created && bootstrap !== null
      ? [
          "",
          `  API key          ${bootstrap.apiKey}`,
          `                   shown only now; the command line finds it in ${bootstrapPath(config.dataDir)}`,
        ]
      : [`  API key          in ${bootstrapPath(config.dataDir)}`]),
    "",
    "  Next: npm run tenon -- init my-workflows",
    "  Stop: Ctrl-C",
    "",
  ];
  console.log(lines.join("\n"));
}
