import type { Database } from "#runtime/db/connect.ts";
import { asSystem } from "#runtime/db/tenant.ts";

/** Forgets authorizations, with their sealed drafts, a day after they ended. */
export async function forgetStates(database: Database): Promise<void> {
  await asSystem(database)`delete from oauth_states where expires_at < now() - interval '1 day'`;
}
