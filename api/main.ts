import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { readConfig } from "#runtime/config.ts";
import type { Config } from "#runtime/config.ts";
import { connectDatabase } from "#runtime/db/connect.ts";
import { migrate } from "#runtime/db/migrate.ts";
import { createEgress } from "#runtime/egress/fetch.ts";
import { databaseAccess } from "#runtime/embedded/access.ts";
import { SetupError } from "#runtime/errors.ts";
import { createLogger } from "#runtime/log.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import { readManagedApps } from "#runtime/oauth/managed-apps.ts";
import { startClock } from "#runtime/oauth/clock.ts";
import { askWorker } from "#runtime/oauth/ask-worker.ts";
import { startCourier } from "#runtime/oauth/courier.ts";
import { openQueue } from "#runtime/queue/open.ts";
import { createRunQueue } from "#runtime/queue/run-queue.ts";
import { createRunFeed } from "#runtime/runs/feed.ts";
import { createRunNotifier } from "#runtime/runs/notify.ts";
import { runService } from "#runtime/service.ts";
import { createKeyring } from "#runtime/vault/keyring.ts";
import { createApp } from "./app.ts";

/** How long requests under way may take to end when the process is stopped. */
const DRAIN_MS = 10_000;

/** Starts the HTTP API: it serves until it is stopped. */
export async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger("api", config.logLevel);
  const access = databaseAccess(config);
  await migrate(access);
  const database = connectDatabase(access, { poolSize: 6, process: "api" });
  const backend = await openQueue(config, access, log);
  const queue = createRunQueue(backend);
  const notifier = createRunNotifier(access, log);
  const feed = await createRunFeed({ database, access, log });
  const keyring = createKeyring({
    database,
    masterKey: config.masterKey,
    previousMasterKey: config.previousMasterKey,
  });
  const egress = createEgress({ allow: config.egressAllow });
  const catalogue = createCatalogue(database, readManagedApps(config.oauthAppsFile));
  const clock = await startClock(database);
  const courier = startCourier({
    log,
    elsewhere: async (request) =>
      askWorker({ database, keyring, catalogue, log, now: () => clock.now() }, request),
  });
  const stopping = new AbortController();
  let url = config.publicUrl ?? localUrl(config.host, config.port);
  const app = createApp({
    config,
    database,
    keyring,
    queue,
    notifier,
    feed,
    egress,
    catalogue,
    courier,
    log,
    publicUrl: () => url,
    stopping: stopping.signal,
    rateLimit: { perMinute: config.rateLimitPerMinute },
  });
  const server = await listen(app, config);
  const port = portOf(server);
  url = config.publicUrl ?? localUrl(config.host, port);
  runService({
    log,
    name: "api",
    facts: { url },
    url,
    port,
    stop: async () => {
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      const impatient = setTimeout(() => {
        server.closeAllConnections();
      }, DRAIN_MS);
      await closed;
      clearTimeout(impatient);
      await Promise.all([feed.close(), notifier.close(), queue.close(), courier.close()]);
      clock.close();
      await Promise.all([backend.close(), egress.close(), database.close()]);
    },
  });
}

async function listen(app: ReturnType<typeof createApp>, config: Config): Promise<Server> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(config.port, config.host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const where = `${config.host}:${String(config.port)}`;
    if (code === "EADDRINUSE") {
      throw new SetupError(
        `The port ${String(config.port)} is taken on ${config.host}: stop what uses it, or set PORT to another.`,
      );
    }
    throw new SetupError(
      `The API cannot listen on ${where} (${code ?? "unknown"}): set PORT or TENON_HOST.`,
      { cause: error },
    );
  }
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function localUrl(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${String(port)}`;
}
