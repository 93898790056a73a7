import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeBehavior, FakeProvider } from "#sdk/connector-testing.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";

const REDIRECT = "https://app.example.com/callback";
const VERIFIER = "v".repeat(43);

const DEFINITION: ConnectorInput = {
  slug: "strict",
  name: "Strict",
  fields: { shop: { label: "Shop", format: "label" } },
  hosts: ["{shop}.example.com", "api.example.com"],
  baseUrl: "https://api.example.com/v1",
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "OAuth",
      authorizeUrl: "https://{shop}.example.com/authorize",
      tokenUrl: "https://{shop}.example.com/token",
      revokeUrl: "https://{shop}.example.com/revoke",
      introspectUrl: "https://{shop}.example.com/introspect",
      scopes: { available: { read: "", write: "" }, default: ["read", "write"] },
      refresh: { rotation: "always" },
    },
  ],
  verification: { path: "/me", account: { id: "user.id", name: "user.name" } },
  actions: [
    {
      slug: "get-item",
      name: "Get an item",
      input: { type: "object", properties: { itemId: { type: "string" } }, required: ["itemId"] },
      http: { method: "GET", path: "/items/{itemId}" },
    },
    {
      slug: "list-items",
      name: "List items",
      input: { type: "object" },
      http: { method: "GET", path: "/items", pagination: { type: "page", items: "items" } },
    },
  ],
};

const started: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map(async (provider) => provider.close()));
});

async function start(behavior: FakeBehavior = {}): Promise<FakeProvider> {
  const provider = await startFakeProvider(DEFINITION, { redirectUri: REDIRECT, ...behavior });
  started.push(provider);
  return provider;
}

/** An authorization URL as a good client makes it, with `changes` (null: without that parameter). */
function authorizeUrl(provider: FakeProvider, changes: Readonly<Record<string, string | null>> = {}): string {
  const url = new URL(`${provider.url}/${provider.fields["shop"] ?? ""}.example.com/authorize`);
  const parameters = {
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: REDIRECT,
    state: "a-state-of-some-length",
    scope: "read write",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) {
      url.searchParams.set(name, value);
    }
  }
  return url.href;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly error: string;
}

async function ask(
  provider: FakeProvider,
  parameters: Readonly<Record<string, string | null>>,
  endpoint = "token",
): Promise<Tokens & { readonly status: number }> {
  const all = { client_id: provider.clientId, client_secret: provider.clientSecret, ...parameters };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
  const response = await fetch(`${provider.url}/${provider.fields["shop"] ?? ""}.example.com/${endpoint}`, {
    method: "POST",
    body: new URLSearchParams(sent),
  });
  const text = await response.text();
  return { status: response.status, ...(text === "" ? {} : (JSON.parse(text) as object)) } as Tokens & {
    status: number;
  };
}

async function codeOf(provider: FakeProvider): Promise<string> {
  const callback = await provider.consent(authorizeUrl(provider));
  return callback.searchParams.get("code") ?? "";
}

const tradeOf = (code: string): Record<string, string> => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: REDIRECT,
  code_verifier: VERIFIER,
});

async function connect(provider: FakeProvider): Promise<Tokens> {
  return ask(provider, tradeOf(await codeOf(provider)));
}

const refreshOf = (token: string): Record<string, string> => ({
  grant_type: "refresh_token",
  refresh_token: token,
});

async function call(
  provider: FakeProvider,
  path: string,
  token: string,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${provider.url}/api.example.com/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
}

test("hosts become parts of the path of one origin", async () => {
  const provider = await start();
  expect(provider.connector.hosts).toEqual([provider.url]);
  expect(provider.connector.baseUrl).toBe(`${provider.url}/api.example.com/v1`);
  expect(provider.connector.auth[0]).toMatchObject({ tokenUrl: `${provider.url}/{shop}.example.com/token` });
});

test("a client that does all as it should is answered without a complaint, from consent to revocation", async () => {
  const provider = await start();
  const callback = await provider.consent(authorizeUrl(provider));
  expect(callback.origin + callback.pathname).toBe(REDIRECT);
  expect(callback.searchParams.get("state")).toBe("a-state-of-some-length");
  const first = await ask(provider, tradeOf(callback.searchParams.get("code") ?? ""));
  expect(first).toMatchObject({ status: 200, expires_in: 3_600, token_type: "Bearer", scope: "read write" });
  expect(await call(provider, "/me", first.access_token)).toEqual({
    status: 200,
    body: { user: { id: "account-1", name: "Fake account" } },
  });
  expect((await call(provider, "/items/7", first.access_token)).status).toBe(200);
  expect((await call(provider, "/items", first.access_token)).body).toMatchObject({ items: [{}, {}] });
  const second = await ask(provider, refreshOf(first.refresh_token));
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await ask(provider, { token: second.access_token }, "introspect")).toMatchObject({ active: true });
  expect((await call(provider, "/me", second.access_token)).status).toBe(200);
  expect((await ask(provider, { token: second.refresh_token }, "revoke")).status).toBe(200);
  expect((await call(provider, "/me", second.access_token)).status).toBe(401);
  expect(await ask(provider, refreshOf(second.refresh_token))).toMatchObject({ error: "invalid_grant" });
  expect(provider.complaints).toEqual([]);
  expect(provider.counts()).toMatchObject({ tokenCalls: 3, refreshCalls: 2, refreshed: 1, revocations: 1 });
  expect(provider.log.map(({ endpoint }) => endpoint).slice(0, 3)).toEqual([
    "authorize",
    "token",
    "verification",
  ]);
});

test.each([
  ["no state", { state: null }, "invalid_request"],
  ["no PKCE", { code_challenge: null, code_challenge_method: null }, "invalid_request"],
  ["plain PKCE", { code_challenge: VERIFIER, code_challenge_method: "plain" }, "invalid_request"],
  ["another response type", { response_type: "token" }, "unsupported_response_type"],
  ["scopes with a comma", { scope: "read,write" }, "invalid_scope"],
  ["no scope", { scope: null }, "invalid_scope"],
])("an authorization request is refused: %s", async (_what, changes, error) => {
  const provider = await start();
  const callback = await provider.consent(authorizeUrl(provider, changes));
  expect(callback.searchParams.get("error")).toBe(error);
  expect(callback.searchParams.has("code")).toBe(false);
  expect(provider.complaints).toHaveLength(1);
});

test.each([
  ["another client", { client_id: "somebody" }],
  ["another redirect URI", { redirect_uri: "https://evil.example.com/" }],
])("a person is not sent back: %s", async (_what, changes) => {
  const provider = await start();
  await expect(provider.consent(authorizeUrl(provider, changes))).rejects.toThrow("did not redirect");
});

test.each([
  ["a wrong secret", { client_secret: "wrong" }, "invalid_client"],
  ["no secret", { client_secret: null }, "invalid_client"],
  ["another redirect URI", { redirect_uri: `${REDIRECT}/` }, "invalid_grant"],
  ["no redirect URI", { redirect_uri: null }, "invalid_grant"],
  ["another verifier", { code_verifier: "w".repeat(43) }, "invalid_grant"],
  ["no verifier", { code_verifier: null }, "invalid_grant"],
  ["another grant type", { grant_type: "password" }, "unsupported_grant_type"],
])("a code is not traded: %s", async (_what, changes, error) => {
  const provider = await start();
  expect(await ask(provider, { ...tradeOf(await codeOf(provider)), ...changes })).toMatchObject({ error });
  expect(provider.complaints).toHaveLength(1);
});

test("a code is good once, and its second use ends what came from it", async () => {
  const provider = await start();
  const code = await codeOf(provider);
  const tokens = await ask(provider, tradeOf(code));
  expect(await ask(provider, tradeOf(code))).toMatchObject({ error: "invalid_grant" });
  expect((await call(provider, "/me", tokens.access_token)).status).toBe(401);
  expect(provider.counts().reuses).toBe(1);
});

test("a spent refresh token's second use ends the grant", async () => {
  const provider = await start();
  const first = await connect(provider);
  const second = await ask(provider, refreshOf(first.refresh_token));
  expect((await call(provider, "/me", first.access_token)).status).toBe(401);
  expect(await ask(provider, refreshOf(first.refresh_token))).toMatchObject({ error: "invalid_grant" });
  expect(await ask(provider, refreshOf(second.refresh_token))).toMatchObject({ error: "invalid_grant" });
  expect(provider.counts().reuses).toBe(1);
});

test("tokens end by the provider's own clock, and by hand", async () => {
  const provider = await start();
  const tokens = await connect(provider);
  provider.control.advance(3_599);
  expect((await call(provider, "/me", tokens.access_token)).status).toBe(200);
  provider.control.advance(1);
  expect((await call(provider, "/me", tokens.access_token)).status).toBe(401);
  const next = await ask(provider, refreshOf(tokens.refresh_token));
  provider.control.expireAccessTokens();
  expect((await call(provider, "/me", next.access_token)).status).toBe(401);
  provider.control.revokeGrants();
  expect(await ask(provider, refreshOf(next.refresh_token))).toMatchObject({ error: "invalid_grant" });
});

test("things go wrong on demand, before the request is carried out or after it", async () => {
  const provider = await start();
  const { refresh_token: token } = await connect(provider);
  provider.control.failNext(1, { status: 503, body: "{}", headers: { "retry-after": "7" } }, "token");
  expect((await ask(provider, refreshOf(token))).status).toBe(503);
  provider.control.failNext(1, { reset: true }, "token");
  await expect(ask(provider, refreshOf(token))).rejects.toThrow("fetch failed");
  provider.control.failNext(1, { html: true }, "token");
  await expect(ask(provider, refreshOf(token))).rejects.toThrow("JSON");
  expect(provider.counts().refreshed).toBe(0);
  provider.control.failNext(1, { reset: true, afterwards: true }, "token");
  await expect(ask(provider, refreshOf(token))).rejects.toThrow("fetch failed");
  expect(provider.counts().refreshed).toBe(1);
  expect(await ask(provider, refreshOf(token))).toMatchObject({ error: "invalid_grant" });
});

test("answers drip, swell and wait", async () => {
  const provider = await start();
  const { access_token: token } = await connect(provider);
  const headers = { authorization: `Bearer ${token}` };
  const url = `${provider.url}/api.example.com/v1/me`;
  provider.control.failNext(1, { dripMs: 1 });
  expect(await (await fetch(url, { headers })).json()).toMatchObject({ user: {} });
  provider.control.failNext(1, { hugeBytes: 2_000_000 });
  expect((await (await fetch(url, { headers })).text()).length).toBeGreaterThan(2_000_000);
  provider.control.failNext(1, { dripMs: 60_000 });
  const hanging = fetch(url, { headers, signal: AbortSignal.timeout(200) }).then(async (answer) =>
    answer.text(),
  );
  await expect(hanging).rejects.toThrow("timeout");
});

test("the person may say no", async () => {
  const provider = await start();
  provider.control.deny("access_denied");
  const callback = await provider.consent(authorizeUrl(provider));
  expect(callback.searchParams.get("error")).toBe("access_denied");
  expect(callback.searchParams.get("state")).toBe("a-state-of-some-length");
  expect(provider.complaints).toEqual([]);
});

test("a field that nobody can make up is asked for", async () => {
  const definition: ConnectorInput = {
    ...DEFINITION,
    fields: { shop: { label: "Shop", format: "label", pattern: "(?=.*7)[A-Z]{3}-[0-9]{4}" } },
  };
  await expect(startFakeProvider(definition)).rejects.toThrow('field "shop"');
  started.push(await startFakeProvider(definition, { fields: { shop: "ABC-1237" } }));
});

test.each([
  "(sk|rk)_(live|test)_[A-Za-z0-9]+",
  "AC[0-9a-f]{32}",
  "\\d{3}-\\w+\\.example\\.com",
  "([a-z0-9-]+\\.)+salesforce\\.com",
  "[^/]{2,5}(?:x|y)?",
])("a field with the pattern %s gets a value that fits", async (pattern) => {
  const provider = await startFakeProvider({
    ...DEFINITION,
    auth: [
      {
        id: "key",
        type: "api-key",
        label: "Key",
        name: "x-key",
        fields: { apiKey: { label: "Key", type: "password", pattern } },
      },
    ],
    fields: { shop: { label: "Shop", format: "label" } },
  });
  started.push(provider);
  expect(provider.fields["apiKey"]).toMatch(new RegExp(`^(?:${pattern})$`));
});
