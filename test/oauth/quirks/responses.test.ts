import { expect, test } from "vitest";
import { connectorWith, lifetimeOf, live, open, setOf } from "./account.ts";

test("quirk 11: without expires_in a token lives as long as the definition assumes", async () => {
  const account = await open(connectorWith({ response: { expiry: { missing: 7_200 } } }));
  const credential = await live(account);
  expect(lifetimeOf(account, credential)).toBe(7_200);
});

test("quirk 11: without expires_in a token is asked for its end", async () => {
  const account = await open(
    connectorWith({
      introspectUrl: "https://quirky.example.com/introspect",
      response: { expiry: { missing: "introspect" } },
    }),
    { accessLifetime: 5_400 },
  );
  const credential = await account.connect();
  expect(lifetimeOf(account, credential)).toBeGreaterThan(5_390);
  expect(lifetimeOf(account, credential)).toBeLessThanOrEqual(5_400);
  expect(account.provider.counts().introspections).toBe(1);
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 11: a token that tells no end is one that does not end", async () => {
  const account = await open(connectorWith({ response: { expiry: { missing: "never" } } }), {
    accessLifetime: null,
  });
  expect(lifetimeOf(account, await account.connect())).toBeNull();
});

test.each([
  ["milliseconds", { unit: "milliseconds" }, {}],
  ["minutes", { unit: "minutes" }, {}],
  ["text", {}, { expiryAsText: true }],
  ["another place", { path: "meta.ttl" }, {}],
  ["a date in epoch seconds", { form: "date", path: "expires_at" }, {}],
  ["a date in epoch milliseconds", { form: "date", path: "expires_at", unit: "milliseconds" }, {}],
  ["an ISO date", { form: "date", path: "expires_at" }, { dateForm: "iso" }],
  ["the exp of a JWT", { form: "jwt" }, {}],
] as const)("quirk 12: the end is told as %s", async (_what, expiry, behavior) => {
  const account = await open(connectorWith({ response: { expiry } }), { accessLifetime: 1_800, ...behavior });
  const credential = await live(account);
  expect(lifetimeOf(account, credential)).toBeGreaterThan(1_790);
  expect(lifetimeOf(account, credential)).toBeLessThanOrEqual(1_801);
});

const NESTED = connectorWith({
  scopes: { default: ["chat"], separator: ",", user: { param: "user_scope", default: ["search"] } },
  response: {
    accessToken: "bot.token",
    refreshToken: "bot.refresh",
    scope: "bot.scope",
    expiry: { path: "bot.expires_in" },
    sets: {
      user: {
        accessToken: "people.0.access",
        refreshToken: "people.0.refresh",
        scope: "people.0.scope",
        expiry: { path: "people.0.ttl", unit: "minutes" },
      },
    },
  },
  refresh: { rotation: "always" },
});

test.each(["main", "own"] as const)(
  "quirk 13: tokens are nested, and a second set has its own refresh token (a refresh answers at its %s place)",
  async (setsAnswerAt) => {
    const account = await open(NESTED, { setsAnswerAt });
    const first = await account.connect();
    expect(setOf(first).scopes).toEqual(["chat"]);
    expect(setOf(first, "user").scopes).toEqual(["search"]);
    expect([lifetimeOf(account, first), lifetimeOf(account, first, "user")]).toEqual([3_600, 3_600]);
    const second = await account.renew(first);
    for (const name of ["main", "user"]) {
      expect(setOf(second, name).accessToken).toContain(`fake-access-${name}`);
      expect(setOf(second, name).accessToken).not.toBe(setOf(first, name).accessToken);
      expect(setOf(second, name).refreshToken).not.toBe(setOf(first, name).refreshToken);
    }
    await account.renew(second);
    expect(account.provider.counts()).toMatchObject({ refreshed: 4, reuses: 0 });
    expect(account.provider.complaints).toEqual([]);
  },
);

test("quirk 13: each set is used where its name says", async () => {
  const account = await open({
    ...NESTED,
    auth: NESTED.auth.map((method) => ({
      ...method,
      carry: { headers: { authorization: "Bearer {accessToken}", "x-user": "{sets.user.accessToken}" } },
    })),
  });
  const credential = await account.connect();
  expect(await account.use(credential)).toMatchObject({ ok: true });
  expect(account.provider.log.at(-1)?.headers["x-user"]).toBe(setOf(credential, "user").accessToken);
});

test("quirk 13: only the set that is due is renewed", async () => {
  const account = await open(NESTED);
  const first = await account.connect();
  account.advance(1_800);
  const main = setOf(first);
  const early = { ...main, expiresAt: account.now() + 60_000 };
  const second = await account.renew({ ...first, tokens: { ...first.tokens, main: early } });
  expect(setOf(second).accessToken).not.toBe(main.accessToken);
  expect(setOf(second, "user").accessToken).toBe(setOf(first, "user").accessToken);
  expect(account.provider.counts().refreshed).toBe(1);
});

test.each(["form", "auto"] as const)("quirk 14: the token response is a form (format %s)", async (format) => {
  const account = await open(connectorWith({ response: { format } }), { format: "form" });
  const credential = await live(account);
  expect(lifetimeOf(account, credential)).toBe(3_600);
});

test.each([
  ["200 that carries an error of its own", { invalidGrant: ["bad_refresh_token"] }, 200],
  ["403 with invalid_grant", {}, 403],
  ["200 with the error elsewhere", { error: "failure.code", errorDescription: "failure.text" }, 200],
])("quirk 15: a refused refresh is %s", async (_what, response, errorStatus) => {
  const account = await open(connectorWith({ response }), { errorStatus });
  const credential = await account.connect();
  account.provider.control.revokeGrants();
  expect(await account.tryRenew(credential)).toMatchObject({
    kind: "refused",
    code: "invalid_grant",
    message: expect.stringContaining("revoked") as unknown,
  });
});

test("quirk 15: a form-encoded error with status 200 is an error too", async () => {
  const account = await open(
    connectorWith({ response: { format: "auto", invalidGrant: ["bad_refresh_token"] } }),
    { format: "form", errorStatus: 200 },
  );
  const credential = await account.connect();
  account.provider.control.revokeGrants();
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
});

test("quirk 15: a wrong client by another name is the app's trouble, not the connection's", async () => {
  const account = await open(
    connectorWith({ response: { invalidClient: ["incorrect_client_credentials"] } }),
    { errorStatus: 200 },
    { clientSecret: "wrong" },
  );
  expect(await account.tryConnect()).toMatchObject({ kind: "refused", code: "invalid_client" });
});

test.each(["omit", "empty", "same"] as const)(
  "quirk 22: a response that did not rotate (%s) leaves the refresh token as it was",
  async (unrotated) => {
    const account = await open(connectorWith({ refresh: { rotation: "never" } }), { unrotated });
    const first = await account.connect();
    const second = await account.renew(first);
    expect(setOf(second).refreshToken).toBe(setOf(first).refreshToken);
    expect(setOf(second).accessToken).not.toBe(setOf(first).accessToken);
    await account.renew(second);
    expect(account.provider.counts()).toMatchObject({ refreshed: 2, reuses: 0 });
  },
);

test.each([-3_600, 3_600])(
  "quirk 25: a provider's clock that is %i s off changes no lifetime",
  async (skew) => {
    const account = await open(connectorWith({}));
    account.provider.control.advance(skew);
    const first = await account.connect();
    expect(lifetimeOf(account, first)).toBe(3_600);
    expect(lifetimeOf(account, await account.renew(first))).toBe(3_600);
  },
);

test("quirk 25: the lifetime counts from when the answer arrived, not from when it was asked for", async () => {
  const account = await open(connectorWith({}));
  account.provider.control.failNext(1, { delayMs: 300 }, "token");
  const before = account.now();
  const { expiresAt, issuedAt } = setOf(await account.connect());
  expect(issuedAt).toBeGreaterThanOrEqual(before + 300);
  expect(expiresAt).toBe(issuedAt + 3_600_000);
});
