import { describe, expect, test } from "vitest";
import type { Credential, TokenSet } from "#runtime/oauth/credential.ts";
import { canRenew, lastCallAt, retryAt, scheduleOf } from "#runtime/oauth/due.ts";
import { book, paceAt } from "#runtime/oauth/quota.ts";
import type { Booking } from "#runtime/oauth/quota.ts";
import { authMethod } from "#sdk/connector/auth.ts";
import type { AuthMethod } from "#sdk/connector/auth.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400;

function methodWith(refresh: Readonly<Record<string, unknown>>, more: object = {}): AuthMethod {
  return authMethod.parse({
    id: "oauth",
    type: "oauth2",
    label: "OAuth",
    authorizeUrl: "https://example.com/authorize",
    tokenUrl: "https://example.com/token",
    refresh,
    ...more,
  });
}

function credentialWith(
  sets: Readonly<Record<string, Partial<TokenSet> & { readonly life: number | null }>>,
): Credential {
  const tokens = Object.entries(sets).map(([name, { life, ...set }]): [string, TokenSet] => [
    name,
    {
      accessToken: "at",
      refreshToken: "rt",
      refreshExpiresAt: null,
      scopes: [],
      issuedAt: NOW,
      expiresAt: life === null ? null : NOW + life * 1_000,
      ...set,
    },
  ]);
  return { fields: {}, tokens: Object.fromEntries(tokens), callback: {}, token: {}, authorizedAt: NOW };
}

/** Seconds from now until it is due, by the earliest and the latest that chance allows. */
function dueIn(method: AuthMethod, credential: Credential): (number | null)[] {
  return [0, 1].map((chance) => {
    const { dueAt } = scheduleOf(method, credential, NOW, () => chance);
    return dueAt === null ? null : (dueAt.getTime() - NOW) / 1_000;
  });
}

function reconnectIn(method: AuthMethod, credential: Credential): number | null {
  const { reconnectBy } = scheduleOf(method, credential, NOW);
  return reconnectBy === null ? null : (reconnectBy.getTime() - NOW) / 1_000;
}

describe("when a credential is due", () => {
  test.each([
    [
      "an hour's token by the margin, spread over a fifth of it",
      {},
      { main: { life: 3_600 } },
      [3_300, 3_360],
    ],
    ["a short one by half of its lifetime", {}, { main: { life: 20 } }, [10, 12]],
    ["not before the provider takes it", { margin: 30, notBefore: 30 }, { main: { life: 600 } }, [570, 576]],
    ["the earliest of several sets", {}, { main: { life: 7_200 }, user: { life: 3_600 } }, [3_300, 3_360]],
    ["never, when nothing ends", {}, { main: { life: null } }, [null, null]],
    ["born dead: in a moment, not at once", {}, { main: { life: -5 } }, [1, 1]],
    [
      "at half of the time in which a refresh token dies of idleness",
      { idleLifetime: 60 * DAY },
      { main: { life: null } },
      [30 * DAY, 30 * DAY],
    ],
    ["at its end, when nobody can renew it", { by: "none" }, { main: { life: 3_600 } }, [3_600, 3_600]],
    [
      "at its end, without a refresh token",
      {},
      { main: { life: 3_600, refreshToken: null } },
      [3_600, 3_600],
    ],
  ])("%s", (_name, refresh, sets, expected) => {
    expect(dueIn(methodWith(refresh), credentialWith(sets))).toEqual(expected);
  });
});

describe("when a person must connect it again", () => {
  test.each([
    ["never, while it is renewed", {}, { main: { life: 3_600 } }, null],
    ["where the refresh token says so", {}, { main: { life: 3_600, refreshExpiresAt: NOW + 5_000 } }, 5],
    [
      "the earlier of idle and absolute lifetimes",
      { idleLifetime: 60 * DAY, absoluteLifetime: 365 * DAY },
      { main: { life: 3_600 } },
      60 * DAY,
    ],
    ["at the token's end, where it cannot be renewed", { by: "none" }, { main: { life: 600 } }, 600],
    ["never, where the app asks again", { by: "again" }, { main: { life: 600, refreshToken: null } }, null],
  ])("%s", (_name, refresh, sets, expected) => {
    expect(reconnectIn(methodWith(refresh), credentialWith(sets))).toBe(expected);
  });
});

test("an app's own tokens are renewed without a refresh token, a person's are not", () => {
  const credential = credentialWith({ main: { life: 600, refreshToken: null } });
  expect(canRenew(methodWith({}), credential)).toBe(false);
  expect(canRenew(methodWith({}, { grant: "client_credentials" }), credential)).toBe(true);
});

test("the last call comes a minute before the end, or at half of a short margin", () => {
  expect(lastCallAt(methodWith({}), credentialWith({ main: { life: 3_600 } }))).toBe(NOW + 3_540_000);
  expect(lastCallAt(methodWith({}), credentialWith({ main: { life: 20 } }))).toBe(NOW + 15_000);
});

test("tries again after 5 s, doubling to five minutes, but not beyond half of what the token has left", () => {
  const after = (failures: number, left: number): number =>
    (retryAt(failures, NOW + left * 1_000, NOW, () => 1) - NOW) / 1_000;
  expect([1, 2, 3, 50].map((failures) => after(failures, 100_000))).toEqual([5, 10, 20, 300]);
  expect(after(10, 60)).toBe(30);
  expect(after(1, -10)).toBe(5);
});

test("a quota is kept in every window, and a provider that has just recovered is asked slowly at first", () => {
  const quota = { requests: 10, per: 60 };
  const pace = paceAt(quota, null, NOW);
  let booked: number | null = null;
  const starts: number[] = [];
  for (let at = NOW; at < NOW + 600_000; at += 500) {
    const booking: Booking | null = pace === null ? null : book(pace, booked, at, false);
    if (booking?.booked === true) {
      starts.push(booking.startAt);
      booked = booking.bookedUntil;
    }
  }
  const fullest = Math.max(
    ...starts.map((from) => starts.filter((at) => at >= from && at < from + 60_000).length),
  );
  expect(fullest).toBe(10);
  expect(starts.length).toBeGreaterThan(80);
  expect(paceAt(null, NOW, NOW)?.intervalMs).toBe(100);
  expect(paceAt(null, NOW, NOW + 10_000)?.intervalMs).toBe(25);
  expect(paceAt(null, NOW, NOW + 60_000)).toBeNull();
});
