import { createPostgresBackend, Queue, Worker } from "bullmq";
import type { JobsOptions, PostgresConnectionOptions } from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { roleConnection, surviveBrokenConnections } from "#runtime/db/connect.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import type { Logger } from "#runtime/log.ts";
import { QUEUE_SCHEMA } from "./migrate.ts";
import type { JobPayload, QueueName } from "./names.ts";

/** Where BullMQ keeps its jobs: Redis where one is configured, else the product's own PostgreSQL. */
export interface QueueAccess {
  readonly redisUrl: string | null;
  readonly database: DatabaseAccess;
}

/** A job as it is added. */
export interface NewJob {
  readonly name: string;
  readonly data: JobPayload;
  readonly opts: JobsOptions;
}

/** The producing side of one queue: what Tenon uses of BullMQ's `Queue`. */
export interface JobQueue {
  add(name: string, data: JobPayload, opts: JobsOptions): Promise<unknown>;
  getJobCounts(...states: "active"[]): Promise<unknown>;
  close(): Promise<void>;
}

/** The consuming side of one queue: what Tenon uses of BullMQ's `Worker`. */
export interface JobWorker {
  /** Takes no new job; resolves when the ones under way have ended. */
  close(force?: boolean): Promise<void>;
}

/** Does one job. The payload is unchecked. A rejection only logs: the rows, not the queue, decide what is tried again. */
export type Work = (payload: unknown) => Promise<void>;

/** Makes BullMQ's objects on one backend; `close` ends the connections that they share. */
export interface QueueBackend {
  queue(name: QueueName): JobQueue;
  worker(name: QueueName, work: Work, options: { readonly concurrency: number }): JobWorker;
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
    worker: (name, work, options) =>
      watched(
        new Worker(name, async (job) => work(job.data), { ...WORKER_OPTIONS, ...options, connection }),
        log,
      ),
    close: async () => {
      await connection.quit().catch(() => {
        connection.disconnect();
      });
    },
  };
}

function onPostgres(access: DatabaseAccess, options: { poolSize: number; log: Logger }): QueueBackend {
  const pool = new Pool({
    ...roleConnection(access, "tenon_app", "queue"),
    max: options.poolSize,
    // The rows of `runs` are the truth and the sweep makes lost jobs again: a job need not wait for the disk.
    options: `-c search_path=${QUEUE_SCHEMA} -c synchronous_commit=off`,
  });
  surviveBrokenConnections(pool);
  // node-postgres types its parameters as any[], BullMQ as readonly unknown[]: the same pool all the same.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    queue: (name) =>
      watched(new Queue(name, { connection, ...QUEUE_OPTIONS }, createPostgresBackend), options.log),
    worker: (name, work, { concurrency }) => {
      const settings = { ...WORKER_OPTIONS, concurrency, connection };
      return watched(
        new Worker(name, async (job) => work(job.data), settings, createPostgresBackend),
        options.log,
      );
    },
    close: async () => pool.end(),
  };
}

// A finished job leaves nothing behind: its id may be used again, and the run's row is its record.
const QUEUE_OPTIONS = { defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true } };
// A killed worker's jobs are free again after `lockDuration`, and found by the next look for stalled ones.
const WORKER_OPTIONS = {
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  lockDuration: 20_000,
  stalledInterval: 10_000,
  maxStalledCount: 100,
};

/** An `error` event without a listener would end the process. */
function watched<T extends { on(event: "error", listener: (error: Error) => void): unknown; name: string }>(
  emitter: T,
  log: Logger,
): T {
  emitter.on("error", (error) => log.warn({ queue: emitter.name, error: error.message }, "queue error"));
  return emitter;
}
