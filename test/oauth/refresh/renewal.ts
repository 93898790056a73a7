import { afterEach, beforeEach } from "vitest";
import { refreshConnection } from "#runtime/oauth/refresh.ts";
import type { RefreshReason, RefreshResult } from "#runtime/oauth/refresh-parts.ts";
import { definitionFor, startRefreshBench } from "./fixture.ts";
import type { RefreshBench } from "./fixture.ts";
import { startTokenEndpoint } from "./token-endpoint.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

/** The provider of the test that runs. */
export let endpoint: TokenEndpoint;
/** What the test that runs has started. */
export let bench: RefreshBench;

beforeEach(async () => {
  endpoint = await startTokenEndpoint();
});
afterEach(async () => {
  await bench.close();
  await endpoint.close();
});

/** Begins: an organization whose connector has this OAuth method. */
export async function start(oauth: Readonly<Record<string, unknown>> = {}): Promise<void> {
  bench = await startRefreshBench(definitionFor(endpoint.port, oauth));
}

/** One renewal, as `parts` would make it: another process has parts of its own. */
export async function refresh(
  connectionId: string,
  reason: RefreshReason,
  spent?: number,
  parts = bench.parts,
): Promise<RefreshResult> {
  const { organizationId } = bench;
  return refreshConnection(parts, {
    organizationId,
    connectionId,
    reason,
    ...(spent === undefined ? {} : { spent }),
  });
}

/** The types of the events so far, in order. */
export async function events(): Promise<string[]> {
  const rows = await bench.query(
    (sql) => sql<{ type: string }[]>`
      select type from events where organization_id = ${bench.organizationId} order by id`,
  );
  return rows.map(({ type }) => type.replace("connection.", ""));
}

/** What the journal keeps of one renewal. */
interface EntryRow {
  readonly state: string;
  readonly outcome: string | null;
  readonly answerSealed: Buffer | null;
}

/** The journal of renewals, in order. */
export async function journal(): Promise<EntryRow[]> {
  return bench.query(
    (sql) => sql<EntryRow[]>`
      select state, outcome, answer_sealed from refresh_journal
      where organization_id = ${bench.organizationId} order by id`,
  );
}

/** What happens to a holder that sleeps through its lease. */
export async function endLease(connectionId: string): Promise<void> {
  await bench.query(
    (sql) => sql`
      update credentials set lease_expires_at = clock_timestamp() - interval '1 second'
      where organization_id = ${bench.organizationId} and connection_id = ${connectionId}`,
  );
}

/** Holds back the answer of the first call, which has rotated the refresh token by then. */
export function holdFirstAnswer(): { readonly arrived: Promise<void>; readonly release: () => void } {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  endpoint.after = async (call) => {
    if (call === 1) {
      arrived.resolve();
      await released.promise;
    }
    return null;
  };
  return { arrived: arrived.promise, release: released.resolve };
}

/**
 * A renewal whose call has reached the provider, which holds its answer back until `release`. The access token of
 * the connection lives `seconds` more.
 */
export async function startRenewal(seconds: number): Promise<{
  readonly id: string;
  /** Its result, once it was released. */
  readonly renewal: Promise<RefreshResult>;
  readonly release: () => void;
}> {
  await start();
  const id = await bench.connect(endpoint.grant(), seconds);
  const { arrived, release } = holdFirstAnswer();
  const renewal = refresh(id, "due");
  await arrived;
  return { id, renewal, release };
}
