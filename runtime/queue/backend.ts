import { createPostgresBackend, Queue, Worker } from "bullmq";
import type { Processor, QueueOptions, WorkerOptions } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { rolePassword } from "#runtime/db/connect.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import type { Logger } from "#runtime/log.ts";
import { QUEUE_SCHEMA } from "./migrate.ts";
import type { QueueName } from "./names.ts";

/** Where BullMQ keeps its jobs: Redis where one is configured, else the product's own PostgreSQL. */
export interface QueueAccess {
  readonly redisUrl: string | null;
  readonly database: DatabaseAccess;
}

/** Makes BullMQ's objects on one backend; `close` ends the connections that they share. */
export interface QueueBackend {
  queue(name: QueueName): Queue;
  worker(name: QueueName, processor: Processor, options: Omit<WorkerOptions, "connection">): Worker;
  close(): Promise<void>;
}

/** Connects to the queue's backend. Both keep trying to reconnect for as long as the process lives. */
export function connectQueue(access: QueueAccess, options: { poolSize: number; log: Logger }): QueueBackend {
  return access.redisUrl === null
    ? onPostgres(access.database, options)
    : onRedis(access.redisUrl, options.log);
}

function onRedis(url: string, log: Logger): QueueBackend {
  // BullMQ requires null here: its blocking commands wait as long as it takes.
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on("error", (error) => log.warn({ error: error.message }, "redis is not reachable"));
  return {
    queue: (name) => watched(new Queue(name, { connection, ...QUEUE_OPTIONS }), log),
    worker: (name, processor, options) => watched(new Worker(name, processor, { ...options, connection }), log),
    close: async () => {
      await connection.quit().catch(() => {
        connection.disconnect();
      });
    },
  };
}

function onPostgres(access: DatabaseAccess, options: { poolSize: number; log: Logger }): QueueBackend {
  const url = new URL(access.url);
  url.username = "tenon_app";
  url.password = rolePassword(access.masterKey, "tenon_app");
  const pool = new pg.Pool({
    connectionString: url.href,
    max: options.poolSize,
    keepAlive: true,
    application_name: "tenon queue",
    // The rows of `runs` are the truth and the sweep makes lost jobs again: a job need not wait for the disk.
    options: `-c search_path=${QUEUE_SCHEMA} -c synchronous_commit=off`,
  });
  pool.on("error", (error) => options.log.warn({ error: error.message }, "the queue's database is not reachable"));
  return {
    queue: (name) => watched(new Queue(name, { connection: pool, ...QUEUE_OPTIONS }, createPostgresBackend), options.log),
    worker: (name, processor, workerOptions) =>
      watched(new Worker(name, processor, { ...workerOptions, connection: pool }, createPostgresBackend), options.log),
    close: async () => pool.end(),
  };
}

const QUEUE_OPTIONS: Omit<QueueOptions, "connection"> = {
  defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
};

/** An `error` event without a listener would end the process. */
function watched<T extends { on(event: "error", listener: (error: Error) => void): unknown; name: string }>(
  emitter: T,
  log: Logger,
): T {
  emitter.on("error", (error) => log.warn({ queue: emitter.name, error: error.message }, "queue error"));
  return emitter;
}
