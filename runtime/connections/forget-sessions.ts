import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";

/** Sessions that one pass forgets: the next pass is seconds away. */
const BATCH = 1_000;

/** Forgets connect sessions, with the authorizations that they began, 30 days after they ended. */
export async function forgetSessions(database: Database): Promise<void> {
  await asSystem(database)`
    delete from connect_sessions where id in (
      select id from connect_sessions where expires_at < now() - interval '30 days' order by expires_at limit ${BATCH})`;
}
