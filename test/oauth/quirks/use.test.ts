import { expect, test } from "vitest";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { Credential } from "#runtime/oauth/credential.ts";
import { matchesSignal } from "#sdk/connector/matches-signal.ts";
import { connectorWith, open, setOf, tokenRequest, tokensOf } from "./account.ts";
import type { Account } from "./account.ts";

/** A request to the API as a workflow makes it, and whether its answer means that the token has ended. */
async function call(
  { context }: Account,
  credential: Credential,
): Promise<{ status: number; isExpired: boolean }> {
  const { connector } = context;
  const { baseUrl, hosts, headers, secrets } = authorizationOf({ ...context, credential, version: 1 });
  const response = await context.egress.fetch({
    url: `${baseUrl}/anything`,
    method: "GET",
    headers,
    body: null,
    redirect: "follow",
    allow: hosts,
    secrets,
    signal: context.signal,
    bodyLimit: 1_000_000,
  });
  const body = JSON.parse(Buffer.concat(await Array.fromAsync(response.body)).toString()) as unknown;
  const seen = {
    status: response.status,
    headers: new Headers(response.headers.map(([...pair]) => pair)),
    body,
  };
  return {
    status: response.status,
    isExpired: connector.expired.some((signal) => matchesSignal(signal, seen)),
  };
}

test.each([
  ["401", undefined, 401],
  ["403", [{ status: [403] }], 403],
  ["404 of a gateway, with a text in its body", [{ status: [404], path: "code", equals: "NO_TENANT" }], 404],
  ["200 with a code in its body", [{ status: [200], path: "errors.0.code", equals: "602" }], 200],
  ["400 with a header", [{ status: [400], headers: { "x-reason": "token-expired" } }], 400],
])("quirk 21: the API says by %s that the token has ended", async (_what, expired, status) => {
  const account = await open(connectorWith({}, expired === undefined ? {} : { expired }));
  const first = await account.connect();
  expect(await call(account, first)).toEqual({ status: 200, isExpired: false });
  account.provider.control.expireAccessTokens();
  expect(await call(account, first)).toEqual({ status, isExpired: true });
  const second = await account.renew(first);
  expect(await call(account, second)).toEqual({ status: 200, isExpired: false });
});

test("quirk 21: another refusal is no end of the token", async () => {
  const account = await open(
    connectorWith({}, { expired: [{ status: [404], path: "code", equals: "NO_TENANT" }] }),
    {
      answer: () => ({ status: 404, body: { code: "NO_SUCH_THING" } }),
    },
  );
  expect(await call(account, await account.connect())).toEqual({ status: 404, isExpired: false });
});

test.each([
  ["nothing more", {}, {}],
  [
    "a scope",
    { scopes: { default: ["https://quirky.example.com/.default"] } },
    { scope: "https://quirky.example.com/.default" },
  ],
  [
    "an audience",
    { request: { params: { audience: "https://quirky.example.com/" } } },
    { audience: "https://quirky.example.com/" },
  ],
  [
    "a resource and scopes with commas",
    {
      request: { params: { resource: "urn:quirky" } },
      scopes: { default: ["a", "b"], separator: "," as const },
    },
    { resource: "urn:quirky", scope: "a,b" },
  ],
])("quirk 23: the app gets tokens of its own, with %s", async (_what, oauth, sent) => {
  const account = await open(connectorWith({ grant: "client_credentials", clientAuth: "basic", ...oauth }));
  const first = tokensOf(await account.askAsApp());
  expect(await account.use(first)).toMatchObject({ ok: true });
  const { form } = tokenRequest(account, 0);
  expect(Object.fromEntries(form)).toEqual({ grant_type: "client_credentials", ...sent });
  account.advance(3_600);
  const second = await account.renew(first);
  expect(setOf(second).accessToken).not.toBe(setOf(first).accessToken);
  expect(await account.use(second)).toMatchObject({ ok: true });
  expect(account.provider.complaints).toEqual([]);
});

const REVOKE_URL = "https://quirky.example.com/revoke";

test.each([
  ["the refresh token, because nothing else is said", {}, "refresh_token"],
  ["the refresh token", { revoke: "refresh_token" as const }, "refresh_token"],
  ["the access token", { revoke: "access_token" as const }, "access_token"],
])("quirk 24: a disconnected account is revoked by %s", async (_what, oauth, hint) => {
  const account = await open(connectorWith({ revokeUrl: REVOKE_URL, clientAuth: "basic", ...oauth }));
  const credential = await account.connect();
  expect(await account.revoke(credential)).toEqual({ revoked: true, reason: null });
  const form = new URLSearchParams(account.provider.log.at(-1)?.body);
  const { accessToken, refreshToken } = setOf(credential);
  expect(form.get("token_type_hint")).toBe(hint);
  expect(form.get("token")).toBe(hint === "access_token" ? accessToken : refreshToken);
  expect(await account.use(credential)).toMatchObject({ ok: false, status: 401 });
  expect(await account.tryRenew(credential)).toMatchObject({ kind: "refused", code: "invalid_grant" });
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 24: what was not revoked is said, and why", async () => {
  const account = await open(connectorWith({ revokeUrl: REVOKE_URL }));
  const credential = await account.connect();
  account.provider.control.failNext(1, { status: 503 }, "revoke");
  expect(await account.revoke(credential)).toMatchObject({
    revoked: false,
    reason: expect.stringContaining("503") as unknown,
  });
  expect(await account.use(credential)).toMatchObject({ ok: true });
  const without = await open(connectorWith({}));
  expect(await without.revoke(await without.connect())).toMatchObject({
    revoked: false,
    reason: expect.stringContaining("no address") as unknown,
  });
});
