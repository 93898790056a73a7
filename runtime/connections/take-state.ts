import type { Database } from "#runtime/db/connect.ts";
import { asOrganization, asSystem } from "#runtime/db/tenant.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { Keyring } from "#runtime/vault/keyring.ts";
import { openText } from "#runtime/vault/open.ts";
import { draftPlace, hashToken, isState, keptAuthorization } from "./authorization-state.ts";
import type { KeptAuthorization } from "./authorization-state.ts";

/** An authorization whose callback has come, taken by us alone. */
export interface TakenAuthorization {
  readonly stateId: string;
  readonly organizationId: string;
  readonly connector: string;
  readonly connectSessionId: string | null;
  /** The connection that gets the new credential. */
  readonly reconnect: string | null;
  readonly kept: KeptAuthorization;
}

interface StateRow {
  readonly id: string;
  readonly organizationId: string;
  readonly usedAt: Date | null;
  readonly expiresAt: Date;
}

type TakenRow = Omit<TakenAuthorization, "kept" | "stateId" | "organizationId"> & {
  readonly draftSealed: Buffer;
};

/**
 * Takes the authorization that a callback names: once, in time, and for the connector that it began with.
 *
 * @throws InvalidError `TENON_STATE_UNKNOWN`, `TENON_STATE_USED`, `TENON_STATE_EXPIRED`, `TENON_STATE_CONNECTOR`
 */
export async function takeState(
  parts: { readonly database: Database; readonly keyring: Keyring },
  state: string | null,
  connector: string,
): Promise<TakenAuthorization> {
  const row = await findState(parts.database, state);
  const taken = await take(parts.database, row);
  const text = await openText(parts.keyring, draftPlace(row.organizationId, row.id), taken.draftSealed);
  if (taken.connector !== connector) {
    throw stateError(
      "CONNECTOR",
      "This answer came to the address of another connector than the one it began with; begin again.",
    );
  }
  return {
    stateId: row.id,
    organizationId: row.organizationId,
    connector,
    connectSessionId: taken.connectSessionId,
    reconnect: taken.reconnect,
    kept: keptAuthorization.parse(JSON.parse(text)),
  };
}

async function findState(database: Database, state: string | null): Promise<StateRow> {
  const [row] =
    state === null || !isState(state)
      ? []
      : await asSystem(database)<StateRow[]>`
          select id, organization_id, used_at, expires_at from oauth_states where hash = ${hashToken(state)}`;
  if (row === undefined) {
    throw stateError(
      "UNKNOWN",
      "Nobody here began this authorization; go back to where you came from and begin again.",
    );
  }
  return row;
}

/** The first callback gets it, whatever the others bring. */
async function take(database: Database, row: StateRow): Promise<TakenRow> {
  const [taken] = await asOrganization(
    database,
    row.organizationId,
    (sql) => sql<TakenRow[]>`
      update oauth_states s set used_at = now()
      where s.organization_id = ${row.organizationId} and s.id = ${row.id} and s.used_at is null
        and s.expires_at > now()
      returning s.connector, s.connect_session_id, s.connection_id as reconnect, s.draft_sealed`,
  );
  if (taken === undefined) {
    throw row.usedAt === null && row.expiresAt.getTime() <= Date.now()
      ? stateError("EXPIRED", "This authorization took longer than 10 minutes; begin again.")
      : stateError("USED", "This authorization was finished already; look at its outcome, or begin again.");
  }
  return taken;
}

/** The callback does not fit what was begun. */
export function stateError(
  what: "UNKNOWN" | "USED" | "EXPIRED" | "CONNECTOR" | "BROWSER",
  message: string,
): InvalidError {
  return new InvalidError(message, { code: `TENON_STATE_${what}` });
}
