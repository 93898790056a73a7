import { expect, test } from "vitest";
import { scheduleOf } from "#runtime/oauth/due.ts";
import { book, paceAt } from "#runtime/oauth/quota.ts";
import { connectorWith, lifetimeOf, open, setOf } from "./account.ts";
import type { Account } from "./account.ts";

const DAY = 86_400;

/** When the engine would renew, as seconds from now; the whole spread of its jitter. */
function dueRange(account: Account, credential: Parameters<Account["use"]>[0]): readonly (number | null)[] {
  return [0, 0.5, 1].map((chance) => {
    const { dueAt } = scheduleOf(account.method, credential, account.now(), () => chance);
    return dueAt === null ? null : (dueAt.getTime() - account.now()) / 1_000;
  });
}

function reconnectIn(account: Account, credential: Parameters<Account["use"]>[0]): number | null {
  const { reconnectBy } = scheduleOf(account.method, credential, account.now());
  return reconnectBy === null ? null : Math.round((reconnectBy.getTime() - account.now()) / 1_000);
}

const EXCHANGE: Parameters<typeof connectorWith>[0] = {
  refresh: {
    by: "exchange",
    url: "https://quirky.example.com/refresh_access_token",
    request: { method: "GET", body: "query", omit: ["client_id", "client_secret"] },
    exchange: { grantType: "quirky_exchange", tokenParam: "quirky_token" },
    margin: 10 * DAY,
  },
};

test("quirk 16: without a refresh token the access token itself is exchanged, while it still works", async () => {
  const account = await open(connectorWith(EXCHANGE), { accessLifetime: 60 * DAY });
  const first = await account.connect();
  expect(setOf(first).refreshToken).toBeNull();
  const [soonest, , latest] = dueRange(account, first);
  expect(soonest).toBeGreaterThan(49.9 * DAY);
  expect(latest).toBeLessThan(60 * DAY);
  account.advance(50 * DAY);
  const second = await account.renew(first);
  expect(lifetimeOf(account, second)).toBe(60 * DAY);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(account.provider.log.findLast(({ endpoint }) => endpoint === "token")?.url).toContain(
    `quirky_token=${setOf(first).accessToken}`,
  );
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 16: an access token that ended can no longer be exchanged, and a person is asked", async () => {
  const account = await open(connectorWith(EXCHANGE), { accessLifetime: 60 * DAY });
  const credential = await account.connect();
  account.advance(61 * DAY);
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 16: the app asks again by itself", async () => {
  const account = await open(connectorWith({ scopes: { default: ["tenant"] }, refresh: { by: "again" } }));
  const first = await account.connect();
  expect(setOf(first).refreshToken).toBeNull();
  account.advance(3_600);
  const second = await account.renew(first);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(reconnectIn(account, second)).toBeNull();
  expect(account.provider.log.findLast(({ endpoint }) => endpoint === "token")?.body).toContain(
    "grant_type=client_credentials",
  );
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 17: rotation with a grace window: a lost answer is asked for again, and nothing is lost", async () => {
  const account = await open(connectorWith({ refresh: { rotation: "always", grace: 600 } }));
  const first = await account.connect();
  account.provider.control.failNext(1, { reset: true, afterwards: true }, "token");
  expect(await account.tryRenew(first)).toMatchObject({ kind: "unavailable", mayHaveArrived: true });
  account.advance(599);
  const second = await account.renew(first);
  expect(setOf(second).refreshToken).not.toBe(setOf(first).refreshToken);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(account.provider.counts()).toMatchObject({ refreshed: 2, reuses: 0 });
});

test("quirk 17: after the grace window the old tokens are dead, the refresh token and the access token", async () => {
  const account = await open(connectorWith({ refresh: { rotation: "always", grace: 600 } }));
  const first = await account.connect();
  const second = await account.renew(first);
  account.advance(590);
  expect(await account.use(first)).toMatchObject({ ok: true });
  account.advance(10);
  expect(await account.use(first)).toMatchObject({ ok: false, status: 401 });
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(await account.tryRenew(first)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 17: rotation without grace: each refresh uses what the one before brought", async () => {
  const account = await open(connectorWith({ refresh: { rotation: "always" } }));
  let credential = await account.connect();
  const spent = new Set<string | null>();
  for (let round = 0; round < 5; round += 1) {
    spent.add(setOf(credential).refreshToken);
    credential = await account.renew(credential);
  }
  expect(spent.size).toBe(5);
  expect(account.provider.counts()).toMatchObject({ refreshed: 5, reuses: 0 });
});

test("quirk 17: rotation only now and then: the newest refresh token is the one that counts", async () => {
  const account = await open(connectorWith({ refresh: { rotation: "sometimes" } }), { rotateEvery: 3 });
  let credential = await account.connect();
  const used: (string | null)[] = [];
  for (let round = 0; round < 7; round += 1) {
    used.push(setOf(credential).refreshToken);
    credential = await account.renew(credential);
  }
  expect(new Set(used.slice(0, 3)).size).toBe(1);
  expect(new Set(used).size).toBe(3);
  expect(account.provider.counts()).toMatchObject({ refreshed: 7, reuses: 0 });
});

test("quirk 18: the reuse of a spent refresh token ends the whole family, which is told as the end of the grant", async () => {
  const account = await open(connectorWith({ refresh: { rotation: "always" } }));
  const first = await account.connect();
  const second = await account.renew(first);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(await account.tryRenew(first)).toMatchObject({ kind: "refused", code: "invalid_grant" });
  expect(account.provider.counts().reuses).toBe(1);
  expect(await account.use(second)).toMatchObject({ ok: false, status: 401 });
  expect(await account.tryRenew(second)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 19: a token that lives ten minutes is renewed in its last thirty seconds, and not before", async () => {
  const account = await open(connectorWith({ refresh: { notBefore: 30, margin: 30, rotation: "always" } }), {
    accessLifetime: 600,
  });
  const first = await account.connect();
  for (const due of dueRange(account, first)) {
    expect(due).toBeGreaterThanOrEqual(569.5);
    expect(due).toBeLessThan(600);
  }
  const [soonest = 0] = dueRange(account, first);
  account.advance(Number(soonest));
  const second = await account.renew(first);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 19: a refresh that came too early is refused, and the connection is not lost by it", async () => {
  const account = await open(connectorWith({ refresh: { notBefore: 30, margin: 30 } }), {
    accessLifetime: 600,
  });
  const first = await account.connect();
  expect(await account.tryRenew(first)).toMatchObject({ kind: "refused", code: "other" });
  expect(await account.use(first)).toMatchObject({ ok: true });
  account.advance(575);
  expect(lifetimeOf(account, await account.renew(first))).toBe(600);
});

const QUOTA = { requests: 10, per: 600 };

test("quirk 19: what is over the quota is told as too often, with when to come back", async () => {
  const account = await open(connectorWith({ refresh: { quota: QUOTA, rotation: "always" } }));
  let credential = await account.connect();
  for (let call = 1; call < QUOTA.requests; call += 1) {
    credential = await account.renew(credential);
  }
  const answer = await account.tryRenew(credential);
  expect(answer).toMatchObject({ kind: "unavailable", mayHaveArrived: false });
  expect(answer).toHaveProperty("retryAfterMs", expect.closeTo(600_000, -4));
  account.advance(600);
  await account.renew(credential);
  expect(account.provider.counts().reuses).toBe(0);
});

test("quirk 19: calls that keep the engine's pace are never over the quota", async () => {
  const account = await open(connectorWith({ refresh: { quota: QUOTA, rotation: "always" } }));
  let credential = await account.connect();
  const pace = paceAt(account.method.refresh.quota ?? null, null, account.now());
  expect(pace).not.toBeNull();
  // The first token call was not booked: one interval before the line begins.
  let bookedUntil: number | null = account.now() + (pace?.intervalMs ?? 0);
  for (let call = 0; call < 3 * QUOTA.requests; call += 1) {
    for (;;) {
      const booking = book(pace ?? { intervalMs: 0, burst: 0 }, bookedUntil, account.now(), true);
      const waitUntil = booking.booked ? booking.startAt : booking.askAt;
      account.advance(Math.max(0, waitUntil - account.now()) / 1_000);
      if (booking.booked) {
        ({ bookedUntil } = booking);
        break;
      }
    }
    credential = await account.renew(credential);
  }
  expect(account.provider.counts().refreshed).toBe(3 * QUOTA.requests);
});

test("quirk 20: a refresh token that dies of idleness is used in time, and the last day for it is known", async () => {
  const account = await open(connectorWith({ refresh: { idleLifetime: 60 * DAY, rotation: "always" } }), {
    accessLifetime: null,
  });
  let credential = await account.connect();
  for (let round = 0; round < 4; round += 1) {
    expect(reconnectIn(account, credential)).toBe(60 * DAY);
    expect(dueRange(account, credential).at(0)).toBeLessThan(60 * DAY);
    account.advance(Number(dueRange(account, credential).at(0)));
    credential = await account.renew(credential);
  }
  account.advance(60 * DAY - 1);
  credential = await account.renew(credential);
  account.advance(60 * DAY);
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 20: a grant that ends in any case says so ahead, and no renewal moves its end", async () => {
  const account = await open(
    connectorWith({
      refresh: { idleLifetime: 100 * DAY, absoluteLifetime: 150 * DAY, rotation: "always" },
    }),
  );
  let credential = await account.connect();
  expect(reconnectIn(account, credential)).toBe(100 * DAY);
  account.advance(90 * DAY);
  credential = await account.renew(credential);
  expect(reconnectIn(account, credential)).toBe(60 * DAY);
  account.advance(60 * DAY - 10);
  credential = await account.renew(credential);
  expect(reconnectIn(account, credential)).toBe(10);
  account.advance(10);
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 20: the end that the provider tells goes before the one that the definition knows", async () => {
  const account = await open(
    connectorWith({
      response: { refreshExpiresIn: "x_refresh_token_expires_in" },
      refresh: { idleLifetime: 100 * DAY, absoluteLifetime: 365 * DAY },
    }),
    // Google's apps in test mode, for example.
    { refreshLifetime: 7 * DAY },
  );
  const credential = await account.connect();
  expect(setOf(credential).refreshExpiresAt).toBe(setOf(credential).issuedAt + 7 * DAY * 1_000);
  expect(reconnectIn(account, credential)).toBe(7 * DAY);
  account.advance(7 * DAY - 60);
  await account.renew(credential);
  account.advance(60);
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 20: a token that nobody can renew says when it ends", async () => {
  const account = await open(
    connectorWith({ refresh: { by: "none" }, response: { expiry: { missing: 3_600 } } }),
  );
  expect(reconnectIn(account, await account.connect())).toBe(3_600);
});
