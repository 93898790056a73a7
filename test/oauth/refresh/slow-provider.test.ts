import { afterEach, expect, test, vi } from "vitest";
import { extendLease } from "#runtime/oauth/lease.ts";
import { appOf, contextOf } from "#runtime/oauth/refresh-call.ts";
import { loadSubject } from "#runtime/oauth/refresh-subject.ts";
import { eventually } from "#test/support/product.ts";
import { bench, endpoint, holdFirstAnswer, refresh, start } from "./renewal.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Ends every lease, as time would. */
async function endLeases(): Promise<void> {
  await bench.query(
    (sql) => sql`
      update credentials set lease_expires_at = clock_timestamp() - interval '1 second'
      where organization_id = ${bench.organizationId} and lease_token is not null`,
  );
}

async function leaseHolds(): Promise<boolean> {
  const [row] = await bench.query(
    (sql) => sql<{ holds: boolean }[]>`
      select lease_expires_at > clock_timestamp() as holds from credentials
      where organization_id = ${bench.organizationId}`,
  );
  return row?.holds === true;
}

test("who waits for a slow provider keeps the lease, and nobody spends the refresh token a second time", async () => {
  await start();
  const id = await bench.connect(endpoint.grant(), -1);
  const held = holdFirstAnswer();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const slow = refresh(id, "expired", 1);
  await held.arrived;
  await endLeases();
  vi.advanceTimersByTime(20_000);
  await eventually("the lease is extended", leaseHolds);
  const other = refresh(id, "expired", 1, bench.otherParts());
  held.release();
  expect(await slow).toEqual({ status: "refreshed", version: 2 });
  expect(await other).toEqual({ status: "fresh", version: 2 });
  expect(endpoint.calls.length).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a lease is not kept for ever: a call that hangs beyond its deadline is taken over", async () => {
  await start();
  const id = await bench.connect(endpoint.grant(), -1);
  const held = holdFirstAnswer();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const hanging = refresh(id, "expired", 1);
  await held.arrived;
  vi.advanceTimersByTime(180_000);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(20_000);
  expect(vi.getTimerCount()).toBe(0);
  held.release();
  expect(await hanging).toEqual({ status: "refreshed", version: 2 });
});

test("a late sign of life takes no lease that was given back or taken over", async () => {
  await start();
  const { organizationId } = bench;
  const connectionId = await bench.connect(endpoint.grant(), 600);
  const late = { organizationId, connectionId, version: 1, token: crypto.randomUUID() };
  await bench.query(async (sql) => {
    await extendLease(sql, late);
    return [];
  });
  expect((await bench.state(connectionId)).leaseToken).toBeNull();
  expect(await leaseHolds()).toBe(false);
});

test.each([
  ["always", 120_000],
  ["sometimes", 120_000],
  ["never", 45_000],
])(
  "rotation %s: an answer is waited for %i ms, longer where it may be the only copy of a refresh token",
  async (rotation, deadlineMs) => {
    await start({ refresh: { rotation } });
    const connectionId = await bench.connect(endpoint.grant(), 600);
    const subject = await loadSubject(bench.parts, { organizationId: bench.organizationId, connectionId });
    const app = await appOf(bench.parts, subject);
    const context = contextOf(bench.parts, subject, app, new AbortController().signal);
    expect(context?.deadlineMs).toBe(deadlineMs);
  },
);
