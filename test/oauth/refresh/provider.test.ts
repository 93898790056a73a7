import { expect, test } from "vitest";
import { localCourier } from "#runtime/oauth/courier.ts";
import { Refresher } from "#runtime/worker/refresh.ts";
import { bench, endpoint, refresh, start } from "./renewal.ts";
import { failing } from "./token-endpoint.ts";

function refresher(): Refresher {
  return new Refresher({
    database: bench.db.database,
    courier: localCourier(bench.otherParts()),
    log: bench.parts.log,
    now: bench.clock.now,
  });
}

/** One tick of each of several workers, and all that it set going. */
async function tick(workers: readonly Refresher[]): Promise<void> {
  await Promise.all(workers.map(async (worker) => worker.tick()));
  await Promise.all(workers.map(async (worker) => worker.drained()));
}

async function incidents(): Promise<{ kind: string; open: boolean }[]> {
  return bench.query(
    (sql) => sql<{ kind: string; open: boolean }[]>`
      select kind, closed_at is null as open from incidents where organization_id = ${bench.organizationId}`,
  );
}

async function count(status: string): Promise<number> {
  const [row] = await bench.query(
    (sql) => sql<{ count: number }[]>`
      select count(*)::integer as count from connections
      where organization_id = ${bench.organizationId} and status = ${status}`,
  );
  return row?.count ?? 0;
}

test("a provider that is down is asked by one probe at a time, is one incident, and recovers for everybody", async () => {
  await start();
  const ids = await bench.connectMany(
    Array.from({ length: 60 }, () => endpoint.grant()),
    (index) => (index < 30 ? 40 : 200),
  );
  const workers = [refresher(), refresher(), refresher()];
  endpoint.before = () => failing(503);
  await tick(workers);
  const beforeProbes = endpoint.calls.length;
  // Those under way when it went down; nobody after them.
  expect(beforeProbes).toBeLessThanOrEqual(60);
  await tick(workers);
  expect(endpoint.calls.length).toBe(beforeProbes);
  for (let probe = 1; probe <= 4; probe += 1) {
    bench.clock.advance(16_000);
    await tick(workers);
    expect(endpoint.calls.length).toBe(beforeProbes + probe);
  }
  expect(await incidents()).toEqual([{ kind: "provider_down", open: true }]);
  // A minute has passed: those tokens have ended, and their connections say what is wrong. The others work on.
  expect(await count("provider_down")).toBe(30);
  expect(await count("reauthorize")).toBe(0);
  // Nobody asks it for a run either.
  const [first = ""] = ids;
  expect(await refresh(first, "expired", 1)).toMatchObject({ status: "unavailable", usable: false });
  expect(endpoint.calls.length).toBe(beforeProbes + 4);

  endpoint.before = () => null;
  const down = endpoint.calls.length;
  bench.clock.advance(21_000);
  const began = Date.now();
  // Those whose token has not ended yet were healthy all the time: they are renewed all the same.
  const recovered = async () => (await count("healthy")) === 60 && endpoint.calls.length - down >= 60;
  while (!(await recovered()) && Date.now() - began < 60_000) {
    await tick(workers);
  }
  expect(await count("healthy")).toBe(60);
  expect(await incidents()).toEqual([{ kind: "provider_down", open: false }]);
  expect(endpoint.calls.length - down).toBe(60);
  expect(endpoint.revoked.size).toBe(0);
  // It is asked slowly at first: no second has a multitude of calls.
  const calls = endpoint.calls.slice(down).map(({ at }) => at);
  const firstSecond = calls.filter((at) => at - (calls[0] ?? 0) < 1_000).length;
  expect(firstSecond).toBeLessThanOrEqual(16);
}, 120_000);

test("a quota holds across processes in every window, and what is over waits for its turn", async () => {
  const quota = { requests: 20, per: 4 };
  await start({ refresh: { rotation: "always", quota } });
  await bench.connectMany(
    Array.from({ length: 60 }, () => endpoint.grant()),
    () => 60,
  );
  const workers = [refresher(), refresher(), refresher(), refresher()];
  const began = Date.now();
  while (endpoint.calls.length < 60 && Date.now() - began < 30_000) {
    await tick(workers);
  }
  const calls = endpoint.calls.map(({ at }) => at);
  expect(calls.length).toBe(60);
  const fullest = Math.max(
    ...calls.map((from) => calls.filter((at) => at >= from && at < from + quota.per * 1_000).length),
  );
  expect(fullest).toBeLessThanOrEqual(quota.requests);
  expect(fullest).toBeGreaterThan(quota.requests / 2);
}, 60_000);

test("a run that finds its token ended waits for its turn in the quota instead of failing", async () => {
  await start({ refresh: { rotation: "always", quota: { requests: 2, per: 2 } } });
  const ids = await bench.connectMany(
    Array.from({ length: 4 }, () => endpoint.grant()),
    () => -1,
  );
  const results = await Promise.all(ids.map(async (id) => refresh(id, "expired", 1)));
  expect(results.map(({ status }) => status)).toEqual(ids.map(() => "refreshed"));
}, 30_000);

test("a quota of each connection puts off its own renewals only", async () => {
  await start({ refresh: { rotation: "always", quota: { requests: 2, per: 600, of: "connection" } } });
  const [mine = "", other = ""] = await bench.connectMany([endpoint.grant(), endpoint.grant()], () => 60);
  expect(await refresh(mine, "asked")).toMatchObject({ status: "refreshed" });
  bench.clock.advance(20_000);
  expect(await refresh(mine, "asked")).toMatchObject({ status: "refreshed" });
  expect(await refresh(mine, "asked")).toMatchObject({ status: "unavailable", usable: true });
  expect(await refresh(other, "asked")).toMatchObject({ status: "refreshed" });
  bench.clock.advance(581_000);
  expect(await refresh(mine, "asked")).toMatchObject({ status: "refreshed" });
});
