import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";

/** Forgets events, and their deliveries with them, after 30 days. */
export async function forgetEvents(database: Database): Promise<void> {
  await asSystem(database)`
    delete from events where id in (
      select id from events where created_at < now() - interval '30 days' order by created_at limit 5000
    )`;
}
