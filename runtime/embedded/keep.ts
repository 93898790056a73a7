import { setTimeout as delay } from "node:timers/promises";
import { startEmbedded } from "./start.ts";
import type { EmbeddedDatabase } from "./start.ts";

const RESTARTS = 10;
const RESTART_PAUSE_MS = 500;

/** The embedded database, started again at the same address whenever it ends by itself. */
export interface KeptDatabase {
  readonly url: string;
  readonly cluster: string;
  /** Rejects when it cannot be started again. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the embedded database and keeps it running: the services reconnect, nothing committed is lost. */
export async function keepEmbedded(dataDir: string): Promise<KeptDatabase> {
  let database = await startEmbedded(dataDir);
  const { url, cluster } = database;
  let stopping = false;
  const failed = (async (): Promise<never> => {
    for (;;) {
      await database.ended;
      if (stopping) {
        return new Promise(() => undefined);
      }
      console.error(
        "tenon: the embedded database ended; it is started again and recovers what was committed",
      );
      database = await restart(dataDir, Number(new URL(url).port));
    }
  })();
  failed.catch(() => undefined);
  return {
    url,
    cluster,
    failed,
    stop: async () => {
      stopping = true;
      await database.stop();
    },
  };
}

/** A killed server's own processes take a moment to go: until then it refuses a second one. */
async function restart(dataDir: string, port: number): Promise<EmbeddedDatabase> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startEmbedded(dataDir, { port: String(port) });
    } catch (error) {
      if (attempt >= RESTARTS) {
        throw error;
      }
      await delay(RESTART_PAUSE_MS);
    }
  }
}
