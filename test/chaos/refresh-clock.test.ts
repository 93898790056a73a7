import { afterEach, beforeEach, expect, test } from "vitest";
import { localCourier } from "#runtime/oauth/courier.ts";
import { Refresher } from "#runtime/worker/refresh.ts";
import { definitionFor, startRefreshBench } from "#test/oauth/refresh/fixture.ts";
import type { RefreshBench } from "#test/oauth/refresh/fixture.ts";
import { failing, startTokenEndpoint } from "#test/oauth/refresh/token-endpoint.ts";
import type { TokenEndpoint } from "#test/oauth/refresh/token-endpoint.ts";
import { FULL } from "./scale.ts";

/** Virtual time goes on by this much for each tick, or by the real time that it took, whichever is more. */
const TICK_MS = 1_000;
/** 28 renewals a second, for an hour or for six minutes. */
const HOUR = FULL ? { connections: 100_000, seconds: 3_600 } : { connections: 10_000, seconds: 360 };

let endpoint: TokenEndpoint;
let bench: RefreshBench;
beforeEach(async () => {
  endpoint = await startTokenEndpoint();
});
afterEach(async () => {
  await bench.close();
  await endpoint.close();
});

function refresher(): Refresher {
  return new Refresher({
    database: bench.db.database,
    courier: localCourier(bench.otherParts()),
    log: bench.parts.log,
    now: bench.clock.now,
  });
}

/** One virtual second, or longer when the machine is. */
async function second(workers: readonly Refresher[]): Promise<void> {
  const began = Date.now();
  await Promise.all(workers.map(async (worker) => worker.tick()));
  await Promise.all(workers.map(async (worker) => worker.drained()));
  bench.clock.advance(Math.max(0, TICK_MS - (Date.now() - began)));
}

/** The most calls in any stretch of `ms`. */
function fullest(times: readonly number[], ms: number): number {
  let most = 0;
  let from = 0;
  times.forEach((at, to) => {
    while ((times[from] ?? at) <= at - ms) {
      from += 1;
    }
    most = Math.max(most, to - from + 1);
  });
  return most;
}

test("an outage of ten minutes ends no connection, and all are renewed within a minute, within the quota", async ({
  task,
}) => {
  const quota = { requests: 3_000, per: 60 };
  bench = await startRefreshBench(definitionFor(endpoint.port, { refresh: { rotation: "always", quota } }));
  const { clock, organizationId } = bench;
  const connections = 1_000;
  // All of them become due in the outage; most of their tokens end in it.
  await bench.connectMany(
    Array.from({ length: connections }, () => endpoint.grant()),
    (index) => 310 + (index * 520) / connections,
  );
  const workers = [refresher(), refresher()];
  const times: number[] = [];
  let down = true;
  endpoint.before = () => {
    times.push(clock.now().getTime());
    return down ? failing(503) : null;
  };
  const began = clock.now().getTime();
  while (clock.now().getTime() - began < 600_000) {
    await second(workers);
  }
  down = false;
  const probes = times.length;
  const up = clock.now().getTime();
  const waiting = async (): Promise<number> => {
    const [row] = await bench.query(
      (sql) => sql<{ count: number }[]>`
        select count(*)::integer as count from credentials
        where organization_id = ${organizationId} and version = 1`,
    );
    return row?.count ?? 0;
  };
  while ((await waiting()) > 0 && clock.now().getTime() - up < 120_000) {
    await second(workers);
  }
  const recoveredInMs = clock.now().getTime() - up;
  const statuses = await bench.query(
    (sql) => sql<{ status: string; count: number }[]>`
      select status, count(*)::integer as count from connections where organization_id = ${organizationId} group by 1`,
  );
  const incidents = await bench.query(
    (sql) =>
      sql`select kind, closed_at is null as open from incidents where organization_id = ${organizationId}`,
  );
  const calls = times.filter((at) => at >= up);
  task.meta.figures = {
    connections,
    callsDuringOutage: probes,
    recoveredInMs,
    callsAfterwards: calls.length,
    mostCallsInAMinute: fullest(times, quota.per * 1_000),
    quotaPerMinute: quota.requests,
    mostCallsInASecond: fullest(calls, 1_000),
    grantsRevokedByReuse: endpoint.revoked.size,
    statuses,
    incidents,
  };
  expect(statuses).toEqual([{ status: "healthy", count: connections }]);
  expect(incidents).toEqual([{ kind: "provider_down", open: false }]);
  expect(recoveredInMs).toBeLessThanOrEqual(60_000);
  expect(fullest(times, quota.per * 1_000)).toBeLessThanOrEqual(quota.requests);
  expect(calls.length).toBe(connections);
  expect(endpoint.revoked.size).toBe(0);
}, 400_000);

test(`${String(HOUR.connections)} connections over ${String(HOUR.seconds)} virtual seconds: p99 of lateness below 5 s, no token ends`, async ({
  task,
}) => {
  bench = await startRefreshBench(definitionFor(endpoint.port));
  const { clock, organizationId } = bench;
  endpoint.lifetime = 7_200;
  const { connections, seconds } = HOUR;
  // Making them takes longer than the first of them has time.
  clock.freeze();
  await bench.connectMany(
    Array.from({ length: connections }, () => endpoint.grant()),
    (index) => 302 + (index * seconds) / connections,
  );
  const planned = new Map(
    (
      await bench.query(
        (sql) => sql<{ id: string; dueAt: Date; expiresAt: Date }[]>`
          select connection_id as id, due_at, expires_at from credentials where organization_id = ${organizationId}`,
      )
    ).map((row) => [row.id, row]),
  );
  const workers = [refresher(), refresher()];
  clock.thaw();
  const began = { real: Date.now(), virtual: clock.now().getTime() };
  const last = Math.max(...[...planned.values()].map(({ dueAt }) => dueAt.getTime()));
  while (clock.now().getTime() < last + 10_000) {
    await second(workers);
  }
  const renewed = await bench.query(
    (sql) => sql<{ id: string; version: number; refreshedAt: Date | null }[]>`
      select connection_id as id, version, refreshed_at from credentials where organization_id = ${organizationId}`,
  );
  const late = renewed
    .map(
      ({ id, refreshedAt }) => (refreshedAt?.getTime() ?? Infinity) - (planned.get(id)?.dueAt.getTime() ?? 0),
    )
    .sort((a, b) => a - b);
  const ended = renewed.filter(
    ({ id, refreshedAt }) =>
      (refreshedAt?.getTime() ?? Infinity) > (planned.get(id)?.expiresAt.getTime() ?? 0),
  ).length;
  const p99 = late[Math.floor(late.length * 0.99)] ?? Infinity;
  task.meta.figures = {
    connections,
    tokenCalls: endpoint.calls.length,
    p50LatenessMs: late[Math.floor(late.length / 2)],
    p99LatenessMs: p99,
    worstLatenessMs: late.at(-1),
    tokensEnded: ended,
    virtualMs: clock.now().getTime() - began.virtual,
    realMs: Date.now() - began.real,
  };
  expect(endpoint.calls.length).toBe(connections);
  expect(ended).toBe(0);
  expect(p99).toBeLessThan(5_000);
}, 3_000_000);
