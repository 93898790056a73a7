import { Pool } from "pg";
import { roleConnection, surviveBrokenConnections } from "#runtime/db/connect.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import type { Logger } from "#runtime/log.ts";
import { RUN_CHANNEL } from "./feed.ts";
import type { RunEvent } from "./feed.ts";

/** PostgreSQL refuses a payload of 8,000 bytes; an event takes about 90. */
const EVENTS_PER_NOTIFICATION = 70;

/** Tells every process what happened to runs. Best effort and batched: readers look rows up, never trust it alone. */
export interface RunNotifier {
  publish(event: RunEvent): void;
  close(): Promise<void>;
}

/**
 * One connection whose notifications do not wait for the disk. NOTIFY takes a database-wide lock until its
 * commit, so it must not share a transaction with the durable write that it announces.
 */
export function createRunNotifier(access: DatabaseAccess, log: Logger): RunNotifier {
  const pool = new Pool({
    ...roleConnection(access, "tenon_app", "notify"),
    max: 1,
    options: "-c synchronous_commit=off",
  });
  surviveBrokenConnections(pool);
  let waiting: RunEvent[] = [];
  let flushing: Promise<void> | null = null;

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, EVENTS_PER_NOTIFICATION);
      waiting = waiting.slice(EVENTS_PER_NOTIFICATION);
      try {
        await pool.query({
          name: "notify",
          text: "select pg_notify($1, $2)",
          values: [RUN_CHANNEL, JSON.stringify(batch)],
        });
      } catch (error) {
        log.warn({ error, events: batch.length }, "run events were not announced");
      }
    }
    flushing = null;
  };
  return {
    publish: (event) => {
      waiting.push(event);
      flushing ??= flush();
    },
    close: async () => {
      await flushing;
      await pool.end();
    },
  };
}
