import type { Config } from "#runtime/config.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import type { Logger } from "#runtime/log.ts";
import { connectQueue } from "./backend.ts";
import type { QueueBackend } from "./backend.ts";
import { migrateQueue } from "./migrate.ts";

/** Enough for the commands of both queues beside the workers' own listening connections. */
const POOL_SIZE = 6;

/** Opens the queue of this installation, making its schema first where it lives in PostgreSQL. */
export async function openQueue(config: Config, access: DatabaseAccess, log: Logger): Promise<QueueBackend> {
  if (config.redisUrl === null) {
    await migrateQueue(access);
  }
  return connectQueue({ redisUrl: config.redisUrl, database: access }, { poolSize: POOL_SIZE, log });
}
