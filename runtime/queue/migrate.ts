import { createPostgresBackend, Queue } from "bullmq";
import { asOwner } from "#runtime/db/connect.ts";
import type { DatabaseAccess } from "#runtime/db/connect.ts";

/** The schema that BullMQ's PostgreSQL backend keeps its jobs in. */
export const QUEUE_SCHEMA = "bullmq";
const QUEUE_LOCK = 8_201_936_115;

/** Makes or upgrades BullMQ's own schema, as the owner, and lets the application role use it. */
export async function migrateQueue(access: DatabaseAccess): Promise<void> {
  await asOwner(access.url, async (owner) => {
    await owner.query("select pg_advisory_lock($1)", [QUEUE_LOCK]);
    const queue = new Queue(
      "migration",
      { connection: { connectionString: access.url, schema: QUEUE_SCHEMA, migrate: true, max: 1 } },
      createPostgresBackend,
    );
    await queue.waitUntilReady();
    await queue.close();
    await owner.query(`
      grant usage on schema ${QUEUE_SCHEMA} to tenon_app;
      grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to tenon_app;
      grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to tenon_app;
      grant execute on all functions in schema ${QUEUE_SCHEMA} to tenon_app;
    `);
  });
}
