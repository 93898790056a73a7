import type { AuthorizationOutcome } from "#runtime/connections/authorize-finish.ts";
import type { ConnectSession } from "#runtime/connections/connect-session.ts";
import type { Database } from "#runtime/db/connect.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { redirectOf } from "./paste.ts";

/** What became of the session's last authorization: the page asks after a provider had the browser. */
export interface PageOutcome {
  readonly attempt: string | null;
  /** Null: nothing yet. */
  readonly result: AuthorizationOutcome["result"] | null;
  readonly connector: string | null;
  readonly redirect: string | null;
}

/** Reads the outcome of the last authorization that the session began. */
export async function latestOutcome(database: Database, session: ConnectSession): Promise<PageOutcome> {
  const [last] = await asOrganization(
    database,
    session.organizationId,
    (sql) => sql<{ id: string; connector: string; outcome: AuthorizationOutcome["result"] | null }[]>`
      select id, connector, outcome from oauth_states
      where organization_id = ${session.organizationId} and connect_session_id = ${session.id}
      order by id desc limit 1`,
  );
  if (last === undefined) {
    return { attempt: null, result: null, connector: null, redirect: null };
  }
  const { id, connector, outcome } = last;
  return {
    attempt: id,
    result: outcome,
    connector,
    redirect: outcome === null ? null : redirect(session, outcome),
  };
}

function redirect(session: ConnectSession, result: AuthorizationOutcome["result"]): string | null {
  return redirectOf(session, queryOf(result));
}

/** An outcome as the query of a return URL says it. */
export function queryOf(result: AuthorizationOutcome["result"]): Readonly<Record<string, string>> {
  return result.ok
    ? { status: "connected", connection_id: result.connection.id }
    : { status: "failed", error: result.code };
}
