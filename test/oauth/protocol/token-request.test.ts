import { generateKeyPairSync, createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { OAuthContext } from "#runtime/oauth/protocol/context.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import { requestAppTokens } from "#runtime/oauth/protocol/request-app-tokens.ts";
import type { Received } from "#test/egress/server.ts";
import { APP, callbackOf, connectorFor, contextFor, credentialOf, formOf, startProvider } from "./kit.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

const TOKENS = { access_token: "new-access", token_type: "bearer", expires_in: 3600 };
const VERIFIER = "v".repeat(43);

/** Trades a code for tokens, and returns the request as the provider saw it. */
async function exchanged(oauth: OAuthInput = {}, given: Partial<OAuthContext> = {}): Promise<Received> {
  const provider = await startProvider(() => ({ body: TOKENS }));
  const answer = await exchangeCode(contextFor(connectorFor(provider, oauth), given), {
    callback: callbackOf({ code: "code-1" }),
    state: "state-1",
    verifier: VERIFIER,
  });
  expect(answer).toMatchObject({ kind: "tokens" });
  return only(provider.asked);
}

function only(asked: readonly Received[]): Received {
  const [request, ...more] = asked;
  if (request === undefined || more.length > 0) {
    throw new Error(`The provider was asked ${String(asked.length)} times.`);
  }
  return request;
}

const STANDARD = {
  grant_type: "authorization_code",
  code: "code-1",
  redirect_uri: "https://tenon.example/oauth/callback",
  code_verifier: VERIFIER,
};

describe("a token request", () => {
  it("is a form that proves the app in its body, unless the connector says otherwise", async () => {
    const request = await exchanged();
    expect(request.method).toBe("POST");
    expect(request.headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      "user-agent": "Tenon",
    });
    expect(formOf(request)).toEqual({
      ...STANDARD,
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
    });
  });

  it("is JSON with Basic and own headers", async () => {
    const request = await exchanged({
      clientAuth: "basic",
      request: { body: "json", headers: { "X-Api-Version": "2", "X-Client": "{app.clientId}" } },
    });
    expect(JSON.parse(request.body)).toEqual(STANDARD);
    expect(request.headers).toMatchObject({
      "content-type": "application/json",
      "x-api-version": "2",
      "x-client": "client-1",
      authorization: `Basic ${btoa("client-1:client-secret-0f9e8d7c")}`,
    });
  });

  it("is a query, with a GET, less what must not be there and with what must", async () => {
    const request = await exchanged({
      request: {
        method: "GET",
        body: "query",
        omit: ["redirect_uri", "grant_type"],
        params: { app_id: "{app.clientId}", client_id: "replaced" },
      },
    });
    const url = new URL(request.url, "http://x");
    expect(request).toMatchObject({ method: "GET", body: "" });
    expect(Object.fromEntries(url.searchParams)).toEqual({
      code: "code-1",
      code_verifier: VERIFIER,
      client_id: "replaced",
      client_secret: APP.clientSecret,
      app_id: "client-1",
    });
  });

  it("is a POST whose parameters are in the query, by PUT too", async () => {
    const request = await exchanged({ request: { method: "PUT", body: "query" } });
    expect(request).toMatchObject({ method: "PUT", body: "" });
    expect(new URL(request.url, "http://x").searchParams.get("code")).toBe("code-1");
  });

  it("goes where a field of the connection and a kept parameter of the callback say", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(
      provider,
      {
        tokenUrl: "{callback.accounts-server}/{tenant}/token",
        callback: { keep: ["accounts-server", "realmId"] },
      },
      { fields: { tenant: { label: "Tenant" } } },
    );
    const answer = await exchangeCode(contextFor(connector, { fields: { tenant: "t 1" } }), {
      callback: callbackOf({ code: "c", "accounts-server": provider.origin, realmId: "42", other: "x" }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(only(provider.asked).url).toBe("/t%201/token");
    expect(answer).toMatchObject({
      credential: { callback: { "accounts-server": provider.origin, realmId: "42" } },
    });
    expect(JSON.stringify(answer)).not.toContain("other");
  });

  it("is sent nowhere when the callback names another server", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const evil = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(provider, {
      tokenUrl: "{callback.server}/token",
      callback: { keep: ["server"] },
    });
    const answer = await exchangeCode(contextFor(connector), {
      callback: callbackOf({ code: "c", server: evil.origin }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(answer).toMatchObject({
      kind: "refused",
      code: "other",
      message: expect.stringContaining("callback.server"),
    });
    expect([...provider.asked, ...evil.asked]).toEqual([]);
  });

  it("names a public client without a secret", async () => {
    const request = await exchanged({ clientAuth: "none" }, { app: { ...APP, clientSecret: null } });
    expect(formOf(request)).toEqual({ ...STANDARD, client_id: APP.clientId });
  });

  it("writes Basic so that servers that decode it and servers that do not read the same", async () => {
    const app = { ...APP, clientId: "a-b_c.d~e", clientSecret: "s+/=: é*" };
    const strict = await exchanged({ clientAuth: "basic" }, { app });
    expect(strict.headers["authorization"]).toBe(`Basic ${btoa("a-b_c.d~e:s%2B%2F%3D%3A+%C3%A9%2A")}`);
    const raw = await exchanged({ clientAuth: "basic", basicEncoding: "raw" }, { app });
    expect(raw.headers["authorization"]).toBe(
      `Basic ${Buffer.from("a-b_c.d~e:s+/=: é*").toString("base64")}`,
    );
  });

  it.each([
    ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["Ed25519", generateKeyPairSync("ed25519")],
  ])("proves the app by an assertion signed with %s", async (alg, { privateKey }) => {
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const app = { ...APP, clientSecret: null, privateKey: pem, keyId: "key-7" };
    const request = await exchanged({ clientAuth: "private_key_jwt" }, { app });
    const { client_assertion: assertion = "", ...rest } = formOf(request);
    expect(rest).toEqual({
      ...STANDARD,
      client_id: APP.clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const [header = "", claims = "", signature = ""] = assertion.split(".");
    expect(decoded(header)).toMatchObject({ alg, kid: "key-7" });
    expect(decoded(claims)).toMatchObject({
      iss: "client-1",
      sub: "client-1",
      aud: `http://${request.headers.host ?? ""}/token`,
    });
    const key = {
      key: createPublicKey(privateKey.export({ type: "pkcs8", format: "pem" })),
      dsaEncoding: "ieee-p1363",
    } as const;
    expect(
      verify(
        alg === "Ed25519" ? null : "sha256",
        Buffer.from(`${header}.${claims}`),
        key,
        Buffer.from(signature, "base64url"),
      ),
    ).toBe(true);
  });

  it("addresses its assertion to whom the connector says", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const app = { ...APP, privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) };
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(provider, {
      clientAuth: "private_key_jwt",
      assertionAudience: `${provider.origin}/issuer`,
    });
    await requestAppTokens(contextFor(connector, { app }));
    const [, claims = ""] = (formOf(only(provider.asked))["client_assertion"] ?? "").split(".");
    expect(decoded(claims)).toMatchObject({ aud: `${provider.origin}/issuer` });
  });

  it.each([
    ["body", { clientSecret: null }, "client secret"],
    ["body", { clientSecret: "" }, "client secret"],
    ["basic", { clientSecret: null }, "client secret"],
    ["private_key_jwt", { privateKey: null }, "private key"],
    ["private_key_jwt", { privateKey: "-----BEGIN PRIVATE KEY-----\nnonsense" }, "PKCS #8"],
    ["tls", { certificate: null }, "certificate"],
    ["none", { clientId: "" }, "client id"],
  ] as const)("is not made by an app that lacks what %s needs", async (clientAuth, lacks, named) => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(provider, { clientAuth });
    const answer = await renewTokens(contextFor(connector, { app: { ...APP, ...lacks } }), credentialOf());
    expect(answer).toMatchObject({
      kind: "refused",
      code: "invalid_client",
      message: expect.stringContaining(named),
    });
    expect(JSON.stringify(answer)).not.toContain("nonsense");
    expect(provider.asked).toEqual([]);
  });

  it("is not made with a header that a value would end", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(
      provider,
      { request: { headers: { "X-Tenant": "{tenant}" } } },
      { fields: { tenant: { label: "Tenant" } } },
    );
    const answer = await renewTokens(
      contextFor(connector, { fields: { tenant: "x\r\nX-Evil: 1" } }),
      credentialOf(),
    );
    expect(answer).toMatchObject({ kind: "unavailable", mayHaveArrived: false });
    expect(provider.asked).toEqual([]);
  });
});

describe("tokens for the app itself", () => {
  it("are asked for with scopes, and what else the connector adds", async () => {
    const provider = await startProvider(() => ({ body: { ...TOKENS, scope: "a b" } }));
    const connector = connectorFor(
      provider,
      {
        grant: "client_credentials",
        scopes: { default: ["a", "b"], param: "scopes" },
        request: { params: { audience: "https://{tenant}/", key: "{key}" } },
      },
      {
        fields: {
          tenant: { label: "Tenant" },
          key: { label: "Key", type: "password" },
        },
      },
    );
    const context = contextFor(connector, { fields: { tenant: "acme", key: "key-secret-1" } });
    const answer = await requestAppTokens(context);
    expect(formOf(only(provider.asked))).toEqual({
      grant_type: "client_credentials",
      scopes: "a b",
      audience: "https://acme/",
      key: "key-secret-1",
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
    });
    expect(answer).toMatchObject({
      kind: "tokens",
      credential: {
        fields: { key: "key-secret-1" },
        tokens: { main: { accessToken: "new-access", refreshToken: null, scopes: ["a", "b"] } },
      },
    });
  });

  it("are asked for without a scope where there is none", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    await requestAppTokens(contextFor(connectorFor(provider, { grant: "client_credentials" })));
    expect(formOf(only(provider.asked))).not.toHaveProperty("scope");
  });
});

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
