import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { isRunning, killAll } from "#test/support/processes.ts";
import { eventually } from "#test/support/product.ts";
import { definitionFor, startRefreshBench } from "#test/oauth/refresh/fixture.ts";
import type { RefreshBench } from "#test/oauth/refresh/fixture.ts";
import { FULL } from "./scale.ts";
import { startOidcServer, startRestartableDatabase, Workers } from "./refresh-world.ts";

const CONNECTIONS = FULL ? 1_000 : 200;
const WORKERS = FULL ? 8 : 4;
const CHAOS_MS = FULL ? 70_000 : 20_000;
const EACH_USES = CONNECTIONS / 4;
const MARGIN_SECONDS = 8;
const SPREAD_SECONDS = 12;
const BETWEEN_BLOWS_MS = 3_000;

/** What a use is called that sent a token at once and found it ended. */
const EXPIRED = "saw an expired token";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) {
    await close();
  }
});

/** Token calls by how they ended, and how many versions they were made for. */
async function journalOf(bench: RefreshBench): Promise<{ calls: Record<string, number>; renewals: number }> {
  const rows = await bench.query(
    (sql) => sql<{ ending: string; count: number }[]>`
      select state || ': ' || coalesce(outcome, '') as ending, count(*)::integer as count
      from refresh_journal where organization_id = ${bench.organizationId} group by 1 order by 1`,
  );
  const [versions] = await bench.query(
    (sql) => sql<{ count: number }[]>`
      select sum(version - 1)::integer as count from credentials where organization_id = ${bench.organizationId}`,
  );
  return {
    calls: Object.fromEntries(rows.map(({ ending, count }) => [ending, count])),
    renewals: versions?.count ?? 0,
  };
}

async function statuses(bench: RefreshBench): Promise<Record<string, number>> {
  const rows = await bench.query(
    (sql) => sql<{ status: string; count: number }[]>`
      select status, count(*)::integer as count from connections
      where organization_id = ${bench.organizationId} group by 1`,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** Kills and stops workers at random, several at a time, and restarts the database once. */
async function rage(workers: Workers, restart: () => Promise<void>): Promise<void> {
  const ends = Date.now() + CHAOS_MS;
  const busy = new Set<number>();
  const blows: Promise<void>[] = [];
  let restarted = false;
  while (Date.now() < ends) {
    const slot = Math.floor(Math.random() * WORKERS);
    if (!busy.has(slot)) {
      busy.add(slot);
      const blow =
        Math.random() < 0.5 ? workers.kill(slot) : workers.stop(slot, 1_000 + 5_000 * Math.random());
      blows.push(blow.finally(() => busy.delete(slot)));
    }
    if (!restarted && ends - Date.now() < CHAOS_MS / 2) {
      restarted = true;
      await restart();
    }
    await delay(BETWEEN_BLOWS_MS);
  }
  await Promise.all(blows);
}

test(`${String(WORKERS)} workers, ${String(CONNECTIONS)} connections, rotation with reuse detection: nothing is lost by kills, stops, delays, errors`, async ({
  task,
}) => {
  const db = await startRestartableDatabase();
  closing.push(async () => db.close());
  const oidc = await startOidcServer();
  closing.push(async () => oidc.close());
  const bench = await startRefreshBench(
    definitionFor(oidc.port, { refresh: { rotation: "always", margin: MARGIN_SECONDS } }),
    db,
  );
  // Their renewals are spread from the beginning, as those of a thousand people are.
  const ids = await bench.connectMany(
    await oidc.grants(CONNECTIONS),
    (index) => MARGIN_SECONDS + (index * SPREAD_SECONDS) / CONNECTIONS,
  );
  const { organizationId } = bench;
  let using = false;
  const workers = new Workers(db, (slot) => [{ type: "tick" }, ...(using ? [useOf(slot)] : [])]);
  const useOf = (slot: number) => {
    const from = (slot * CONNECTIONS) / WORKERS;
    const mine = [...ids, ...ids].slice(from, from + EACH_USES);
    return { type: "use" as const, organizationId, connectionIds: mine, path: "/me", pauseMs: 1_200 };
  };
  closing.push(async () => {
    await workers.close();
    killAll([...workers.couriers]);
  });
  for (let slot = 0; slot < WORKERS; slot += 1) {
    await workers.start(slot);
  }
  await eventually(
    "every connection has its first tokens",
    async () => {
      const [row] = await bench.query(
        (sql) => sql<{ count: number }[]>`
          select count(*)::integer as count from credentials
          where organization_id = ${organizationId} and version = 1`,
      );
      return row?.count === 0;
    },
    120_000,
  );
  using = true;
  for (let slot = 0; slot < WORKERS; slot += 1) {
    workers.tell(slot, [useOf(slot)]);
  }
  oidc.disturb(true);
  await rage(workers, async () => db.restart());
  oidc.disturb(false);
  await workers.close();
  await eventually(
    "the couriers have ended by themselves",
    async () => [...workers.couriers].every((pid) => !isRunning(pid)),
    90_000,
  );

  const { calls, renewals } = await journalOf(bench);
  const provider = await oidc.stats();
  const uses = Object.fromEntries(workers.outcomes);
  const tokenCalls = Object.values(calls).reduce((sum, count) => sum + count, 0);
  task.meta.figures = {
    grantsRevokedByReuse: provider.reused,
    usesThatSawAnExpiredToken: uses[EXPIRED] ?? 0,
    renewals,
    tokenCalls,
    callsBeyondOne: tokenCalls - renewals,
    callsByEnding: calls,
    uses,
    slowestUseMs: workers.slowestMs,
    statuses: await statuses(bench),
    kills: workers.kills,
    stops: workers.stops,
    provider,
  };
  expect(provider.reused).toBe(0);
  expect(provider.invalidGrant).toBe(0);
  expect(uses[EXPIRED]).toBeUndefined();
  // Each renewal is one call; what is beyond was answered with an error, or not at all.
  expect(calls["applied: tokens"]).toBe(renewals);
  const explained = ["failed: unavailable", "failed: unanswered", "applied: tokens"];
  expect(Object.keys(calls).filter((ending) => !explained.includes(ending))).toEqual([]);
  // Nothing reached the provider that the journal does not know, and the provider issued what we hold.
  expect(provider.received).toBeLessThanOrEqual(tokenCalls);
  expect(provider.served - provider.answersLost).toBe(renewals);
}, 400_000);
