import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { beginAuthorization } from "#runtime/oauth/protocol/begin-authorization.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { TEST_CERTIFICATE, TEST_PRIVATE_KEY } from "#test/egress/certificate.ts";
import { authorizeRequest, connectorWith, live, open, setOf, tokenRequest, tokensOf } from "./account.ts";

test("quirk 5: the app proves itself in the body", async () => {
  const account = await open(connectorWith({ clientAuth: "body" }));
  await live(account);
  const { form, headers } = tokenRequest(account, 0);
  expect(form.get("client_secret")).toBe(account.provider.clientSecret);
  expect(headers["authorization"]).toBeUndefined();
});

test.each(["form", "raw"] as const)(
  "quirk 5: the app proves itself by Basic, and nowhere else (%s)",
  async (basicEncoding) => {
    const account = await open(connectorWith({ clientAuth: "basic", basicEncoding }));
    await live(account);
    const { headers, body } = tokenRequest(account, 0);
    // As it stands: providers that do not decode it are many.
    const { clientId, clientSecret } = account.provider;
    expect(headers["authorization"]).toBe(`Basic ${btoa(`${clientId}:${clientSecret}`)}`);
    expect(body).not.toContain("secret");
  },
);

test("quirk 5: the app proves itself by an assertion that it signs, a new one each time", async () => {
  const account = await open(connectorWith({ clientAuth: "private_key_jwt" }));
  await live(account);
  const assertions = [0, 1].map((position) => tokenRequest(account, position).form.get("client_assertion"));
  expect(assertions[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(assertions[1]).not.toBe(assertions[0]);
  expect(tokenRequest(account, 0).form.has("client_secret")).toBe(false);
});

test("quirk 5: a public client has no secret, and sends none", async () => {
  const account = await open(connectorWith({ clientAuth: "none" }), {}, { clientSecret: null });
  await live(account);
  const { form, headers } = tokenRequest(account, 0);
  expect(form.get("client_id")).toBe(account.provider.clientId);
  expect(form.has("client_secret")).toBe(false);
  expect(headers["authorization"]).toBeUndefined();
});

const TLS = { key: TEST_PRIVATE_KEY, certificate: TEST_CERTIFICATE, clientCertificate: TEST_CERTIFICATE };

test("quirk 5: the app proves itself by its certificate", async () => {
  const app = { clientSecret: null, certificate: TEST_CERTIFICATE, certificateKey: TEST_PRIVATE_KEY };
  const account = await open(connectorWith({ clientAuth: "tls" }), { tls: TLS }, app);
  await account.renew(await account.connect());
  const { fingerprint256 } = new X509Certificate(TEST_CERTIFICATE);
  expect(tokenRequest(account, 0).form.get("client_id")).toBe(account.provider.clientId);
  expect(account.provider.complaints).toEqual([]);
  const presented = account.provider.log.map(({ certificate }) => certificate);
  expect(presented).toEqual([null, fingerprint256, fingerprint256]);
});

test("quirk 5: an app without its certificate is the app's trouble", async () => {
  const account = await open(connectorWith({ clientAuth: "tls" }), { tls: TLS }, { clientSecret: null });
  expect(await account.tryConnect()).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("certificate") as unknown,
  });
  expect(account.provider.counts().tokenCalls).toBe(0);
});

test("quirk 5: a wrong secret is told from a wrong grant", async () => {
  const account = await open(connectorWith({ clientAuth: "basic" }), {}, { clientSecret: "wrong" });
  const answer = await account.tryConnect();
  expect(answer).toMatchObject({ kind: "refused", code: "invalid_client" });
  expect(JSON.stringify(answer)).not.toContain("wrong:");
});

test("quirk 6: the token request is JSON with Basic and a header of its own", async () => {
  const account = await open(
    connectorWith({
      clientAuth: "basic",
      request: { body: "json", headers: { "Quirky-Version": "2022-06-28" }, params: { flavor: "plain" } },
    }),
  );
  await live(account);
  const { headers, body } = tokenRequest(account, 0);
  expect(headers).toMatchObject({ "content-type": "application/json", "quirky-version": "2022-06-28" });
  expect(JSON.parse(body)).toMatchObject({ grant_type: "authorization_code", flavor: "plain" });
});

test("quirk 6: the token request is a GET with all in its query, without what must be left out", async () => {
  const account = await open(
    connectorWith({
      request: { method: "GET", body: "query", omit: ["redirect_uri", "grant_type"] },
      refresh: { rotation: "never" },
    }),
  );
  await live(account);
  const { method, url, body } = tokenRequest(account, 0);
  expect(method).toBe("GET");
  expect(url.searchParams.get("code")).toMatch(/^fake-code-/);
  expect(["redirect_uri", "grant_type"].filter((name) => url.searchParams.has(name))).toEqual([]);
  expect(body).toBe("");
});

test("quirk 6: the parameters go into the query of a POST, and by PUT into a form", async () => {
  const inQuery = await open(connectorWith({ request: { body: "query" } }));
  await live(inQuery);
  expect(tokenRequest(inQuery, 0)).toMatchObject({ method: "POST", body: "" });
  const byPut = await open(connectorWith({ request: { method: "PUT" } }));
  await live(byPut);
  expect(tokenRequest(byPut, 0)).toMatchObject({ method: "PUT" });
});

test.each(["required", "optional"] as const)(
  "quirk 7: with PKCE %s, what was announced is proved",
  async (pkce) => {
    const account = await open(connectorWith({ pkce }));
    await live(account);
    expect(authorizeRequest(account).searchParams.get("code_challenge_method")).toBe("S256");
    expect(tokenRequest(account, 0).form.get("code_verifier")).toMatch(/^[\w.~-]{43,128}$/);
  },
);

test("quirk 7: with PKCE forbidden, neither leg mentions it", async () => {
  const account = await open(connectorWith({ pkce: "forbidden" }));
  await live(account);
  expect(authorizeRequest(account).search).not.toContain("code_challenge");
  expect(tokenRequest(account, 0).form.has("code_verifier")).toBe(false);
});

test("quirk 7: a leg without its verifier is refused before anything is sent", async () => {
  const account = await open(connectorWith({ pkce: "required" }));
  const { url } = await beginAuthorization(account.context, { state: "a-state-of-some-length" });
  const { searchParams: callback } = await account.provider.consent(url);
  const answer = await exchangeCode(account.context, {
    callback,
    state: "a-state-of-some-length",
    verifier: null,
  });
  expect(answer).toMatchObject({ kind: "refused", code: "other" });
  expect(account.provider.counts().tokenCalls).toBe(0);
});

test.each([
  [" ", "read%20write"],
  [",", "read%2Cwrite"],
  ["+", "read%2Bwrite"],
] as const)("quirk 8: scopes are joined by %j", async (separator, sent) => {
  const account = await open(
    connectorWith({ scopes: { separator, available: { read: "", write: "" }, default: ["read", "write"] } }),
  );
  await live(account);
  expect(authorizeRequest(account).search).toContain(`scope=${sent}`);
});

test("quirk 8: a list of scopes has a parameter of its own, and the user's has another", async () => {
  const account = await open(
    connectorWith({
      scopes: {
        separator: ",",
        param: "bot_scope",
        default: ["chat:write", "channels:read"],
        user: { param: "user_scope", default: ["search:read"] },
      },
    }),
  );
  const credential = await account.connect();
  const { searchParams } = authorizeRequest(account);
  expect(searchParams.get("bot_scope")).toBe("chat:write,channels:read");
  expect(searchParams.get("user_scope")).toBe("search:read");
  expect(searchParams.has("scope")).toBe(false);
  expect(setOf(credential).scopes).toEqual(["chat:write", "channels:read"]);
  expect(account.provider.complaints).toEqual([]);
});

test("quirk 8: the scopes that were granted are those of the answer, not those that were asked for", async () => {
  const scopes = { available: { read: "", write: "", admin: "" }, default: ["read", "write"] };
  const account = await open(connectorWith({ scopes }), { withheldScopes: ["admin"] });
  const credential = await account.connect(["read", "admin"]);
  expect(authorizeRequest(account).searchParams.get("scope")).toBe("read admin");
  expect(setOf(credential).scopes).toEqual(["read"]);
  expect(setOf(await account.renew(credential)).scopes).toEqual(["read"]);
});

test("quirk 9: a refresh goes elsewhere, in another form, with other parameters", async () => {
  const account = await open(
    connectorWith({
      refresh: {
        url: "https://quirky.example.com/oauth2/refresh",
        request: {
          method: "PUT",
          body: "json",
          params: { audience: "everything", grant_type: "refresh" },
          headers: { "x-refresh": "1" },
        },
      },
    }),
  );
  await live(account);
  expect(tokenRequest(account, 0).url.pathname).toBe("/quirky.example.com/token");
  expect(tokenRequest(account, 0).headers["x-refresh"]).toBeUndefined();
  const { url, method, headers, body } = tokenRequest(account, 1);
  expect(url.pathname).toBe("/quirky.example.com/oauth2/refresh");
  expect(method).toBe("PUT");
  expect(headers["x-refresh"]).toBe("1");
  expect(JSON.parse(body)).toMatchObject({ grant_type: "refresh", audience: "everything" });
});

test.each([
  ["access_type", { authorizeParams: { access_type: "offline", prompt: "consent" } }],
  ["duration", { authorizeParams: { duration: "permanent" } }],
  ["scope", { scopes: { default: ["read", "offline_access"] } }],
])("quirk 10: offline access is asked for by %s", async (param, oauth) => {
  const account = await open(connectorWith(oauth));
  const credential = await live(account);
  expect(setOf(credential).refreshToken).toMatch(/^fake-refresh-/);
  expect(authorizeRequest(account).searchParams.get(param)).toMatch(/offline|permanent/);
});

test("quirk 10: without offline access there is nothing to renew with, and that is said", async () => {
  const account = await open(
    connectorWith({ scopes: { available: { read: "", offline_access: "" }, default: ["read"] } }),
  );
  const credential = tokensOf(await account.tryConnect());
  expect(setOf(credential).refreshToken).toBeNull();
  expect(await account.tryRenew(credential)).toMatchObject({
    kind: "refused",
    code: "invalid_grant",
    message: expect.stringContaining("no refresh token") as unknown,
  });
  expect(account.provider.counts().refreshCalls).toBe(0);
});
