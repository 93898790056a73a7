import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { beginAuthorization } from "#runtime/oauth/protocol/begin-authorization.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { APP, callbackOf, connectorFor, contextFor, formOf, oauthOf, startProvider } from "./kit.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

const TOKENS = { access_token: "new-access", refresh_token: "new-refresh", token_type: "bearer" };
const VERIFIER = "v".repeat(43);

async function begun(
  oauth: OAuthInput,
  scopes?: readonly string[],
): Promise<{ url: URL; verifier: string | null }> {
  const connector = connectorFor({ origin: "http://localhost:9" }, oauth);
  const { url, verifier } = await beginAuthorization(contextFor(connector), {
    state: "state-1",
    ...(scopes === undefined ? {} : { scopes }),
  });
  return { url: new URL(url), verifier };
}

describe("the address of an authorization", () => {
  it("asks for a code, with state and PKCE", async () => {
    const { url, verifier } = await begun({ scopes: { default: ["read", "write"] } });
    expect(url.origin + url.pathname).toBe("http://localhost:9/authorize");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: APP.clientId,
      response_type: "code",
      redirect_uri: "https://tenon.example/oauth/callback",
      state: "state-1",
      scope: "read write",
      code_challenge: createHash("sha256")
        .update(verifier ?? "")
        .digest("base64url"),
      code_challenge_method: "S256",
    });
    expect(url.search).toContain("scope=read%20write");
  });

  it("has no challenge where the provider takes none", async () => {
    const { url, verifier } = await begun({ pkce: "forbidden" });
    expect(verifier).toBeNull();
    expect(url.search).not.toContain("code_challenge");
  });

  it.each([
    [",", "read%2Cwrite"],
    ["+", "read%2Bwrite"],
  ] as const)(
    "separates scopes by %s, asks for the user's own, and for offline access",
    async (separator, text) => {
      const { url } = await begun(
        {
          scopes: {
            default: ["x"],
            separator,
            param: "bot_scope",
            user: { param: "user_scope", default: ["u1", "u2"] },
          },
          authorizeParams: { access_type: "offline" },
        },
        ["read", "write"],
      );
      expect(url.search).toContain(`bot_scope=${text}`);
      expect(url.searchParams.get("user_scope")).toBe(`u1${separator}u2`);
      expect(url.searchParams.get("access_type")).toBe("offline");
    },
  );

  it("keeps its own query, and lets no definition replace what protects the callback", async () => {
    const connector = connectorFor(
      { origin: "http://localhost:9" },
      { authorizeUrl: "http://localhost:9/authorize?kind=admin" },
    );
    // The check of definitions refuses these; here is what happens when one gets past it.
    const authorizeParams = {
      state: "fixed",
      redirect_uri: "https://evil.example",
      code_challenge: "x",
      prompt: "consent",
    };
    const method = { ...oauthOf(connector), authorizeParams };
    const begin = await beginAuthorization(contextFor(connector, { method }), { state: "state-1" });
    const url = new URL(begin.url);
    expect(url.searchParams.getAll("state")).toEqual(["state-1"]);
    expect(url.searchParams.getAll("redirect_uri")).toEqual(["https://tenon.example/oauth/callback"]);
    expect(url.searchParams.getAll("code_challenge")).toEqual([expect.not.stringMatching(/^x$/)]);
    expect(url.searchParams.get("kind")).toBe("admin");
    expect(url.searchParams.get("prompt")).toBe("consent");
  });

  it("shows the browser plain fields, and no secret one", async () => {
    const fields = {
      tenant: { label: "Tenant" },
      key: { label: "Key", type: "password" },
    } as const;
    const begin = (authorizeParams: Record<string, string>): Promise<{ url: string }> =>
      beginAuthorization(
        contextFor(connectorFor({ origin: "http://localhost:9" }, { authorizeParams }, { fields }), {
          fields: { tenant: "acme", key: "key-secret-1" },
        }),
        { state: "state-1" },
      );
    expect((await begin({ tenant: "{tenant}" })).url).toContain("tenant=acme");
    await expect(begin({ key: "{key}" })).rejects.toMatchObject({ code: "TENON_CONNECTION_FIELD" });
  });

  it("is refused to a method without a browser", async () => {
    await expect(begun({ grant: "client_credentials" })).rejects.toMatchObject({ code: "TENON_INVALID" });
  });
});

/** What a callback comes to, and whether the token endpoint was asked. */
async function answered(
  callback: URLSearchParams,
  given: { oauth?: OAuthInput; verifier?: string | null; state?: string; scopes?: readonly string[] } = {},
): Promise<{ answer: Awaited<ReturnType<typeof exchangeCode>>; asked: readonly Record<string, string>[] }> {
  const provider = await startProvider(() => ({ body: TOKENS }));
  const answer = await exchangeCode(contextFor(connectorFor(provider, given.oauth)), {
    callback,
    state: given.state ?? "state-1",
    verifier: given.verifier === undefined ? VERIFIER : given.verifier,
    ...(given.scopes === undefined ? {} : { scopes: given.scopes }),
  });
  return { answer, asked: provider.asked.map(formOf) };
}

describe("a callback", () => {
  it("brings tokens, with the scopes that were asked for when the provider names none", async () => {
    const { answer } = await answered(callbackOf({ code: "c" }), { scopes: ["asked"] });
    expect(answer).toMatchObject({
      kind: "tokens",
      credential: {
        tokens: { main: { accessToken: "new-access", refreshToken: "new-refresh", scopes: ["asked"] } },
        callback: {},
        token: {},
      },
    });
  });

  it("has its code under the provider's name for it", async () => {
    const { asked } = await answered(callbackOf({ spapi_code: "right", code: "wrong" }), {
      oauth: { callback: { code: "spapi_code" } },
    });
    expect(asked[0]).toMatchObject({ code: "right" });
  });

  it.each([
    ["another state", callbackOf({ code: "c", state: "state-2" })],
    ["no state", new URLSearchParams({ code: "c" })],
    ["an empty state", new URLSearchParams({ code: "c", state: "" })],
    ["two states", new URLSearchParams("code=c&state=state-1&state=state-2")],
    ["two codes", new URLSearchParams("code=c&code=d&state=state-1")],
    ["no code", callbackOf({})],
  ])("with %s is refused, and nothing is asked", async (_, callback) => {
    const { answer, asked } = await answered(callback);
    expect(answer).toMatchObject({ kind: "refused", code: "other" });
    expect(asked).toEqual([]);
  });

  it("with an error says which, cut and on one line", async () => {
    const { answer, asked } = await answered(
      callbackOf({ error: "access_denied", error_description: `no\r\nforged: line ${"x".repeat(1_000)}` }),
    );
    expect(answer).toMatchObject({ kind: "refused", code: "other" });
    const message = answer.kind === "refused" ? answer.message : "";
    expect(message).toContain("access_denied: no forged: line");
    expect(message.length).toBeLessThanOrEqual(300);
    expect(message).not.toMatch(/[\r\n]/);
    expect(asked).toEqual([]);
  });

  it("with an error and another state is not believed", async () => {
    const { answer } = await answered(callbackOf({ error: "access_denied", state: "state-2" }));
    expect(answer).toMatchObject({ message: expect.not.stringContaining("access_denied") });
  });

  it("without the verifier that its connector requires is refused: a PKCE downgrade", async () => {
    const { answer, asked } = await answered(callbackOf({ code: "c" }), { verifier: null });
    expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining("PKCE") });
    expect(asked).toEqual([]);
  });

  it("proves what was announced even when the definition has changed since", async () => {
    const { asked } = await answered(callbackOf({ code: "c" }), { oauth: { pkce: "forbidden" } });
    expect(asked[0]).toMatchObject({ code_verifier: VERIFIER });
    const without = await answered(callbackOf({ code: "c" }), {
      oauth: { pkce: "optional" },
      verifier: null,
    });
    expect(without.answer).toMatchObject({ kind: "tokens" });
    expect(without.asked[0]).not.toHaveProperty("code_verifier");
  });

  it("of another issuer is refused, and of an issuer on the connector's hosts taken (RFC 9207)", async () => {
    const mixedUp = await answered(callbackOf({ code: "c", iss: "https://evil.example" }));
    expect(mixedUp.answer).toMatchObject({ kind: "refused", message: expect.stringContaining("RFC 9207") });
    expect(mixedUp.asked).toEqual([]);
    const provider = await startProvider(() => ({ body: TOKENS }));
    const own = await exchangeCode(contextFor(connectorFor(provider)), {
      callback: callbackOf({ code: "c", iss: `${provider.origin}/tenant` }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(own).toMatchObject({ kind: "tokens" });
  });

  it("keeps no parameter that is there twice, too long or no text of one line", async () => {
    const callback = callbackOf({ code: "c", long: "x".repeat(5_000), line: "a\nb", good: "g" });
    callback.append("twice", "1");
    callback.append("twice", "2");
    const { answer } = await answered(callback, {
      oauth: { callback: { keep: ["twice", "long", "line", "good", "absent"] } },
    });
    expect(answer).toMatchObject({ credential: { callback: { good: "g" } } });
    expect(answer).not.toHaveProperty("credential.callback.twice");
    expect(answer).not.toHaveProperty("credential.callback.long");
    expect(answer).not.toHaveProperty("credential.callback.line");
  });
});

describe("a look-up after the exchange", () => {
  const oauth = (origin: string): OAuthInput => ({
    lookup: { url: `${origin}/resources`, keep: { cloudId: "0.id" } },
  });

  it("keeps what the token response did not say", async () => {
    const provider = await startProvider(({ url }) => ({
      body: url === "/resources" ? [{ id: "cloud-1" }] : TOKENS,
    }));
    const answer = await exchangeCode(contextFor(connectorFor(provider, oauth(provider.origin))), {
      callback: callbackOf({ code: "c" }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(answer).toMatchObject({ credential: { token: { cloudId: "cloud-1" } } });
    expect(provider.asked[1]).toMatchObject({
      method: "GET",
      headers: { authorization: "Bearer new-access" },
    });
  });

  it.each([
    ["fails", { status: 500, body: "new-access" }],
    ["finds nothing", { body: [] }],
    ["redirects", { status: 302, headers: { location: "https://evil.example" } }],
  ])("that %s is no success", async (_, reply) => {
    const provider = await startProvider(({ url }) => (url === "/resources" ? reply : { body: TOKENS }));
    const answer = await exchangeCode(contextFor(connectorFor(provider, oauth(provider.origin))), {
      callback: callbackOf({ code: "c" }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(answer).toMatchObject({ kind: "unavailable", mayHaveArrived: true });
    expect(JSON.stringify(answer)).not.toContain("new-access");
  });

  it("that repeats a secret field does not show it", async () => {
    const provider = await startProvider(({ url }) =>
      url === "/resources"
        ? { status: 400, body: { error: "no key partner-key-77aa88bb" } }
        : { body: TOKENS },
    );
    const connector = connectorFor(provider, {
      ...oauth(provider.origin),
      fields: { partnerKey: { label: "Partner key", type: "password" } },
    });
    const fields = { partnerKey: "partner-key-77aa88bb" };
    const answer = await exchangeCode(contextFor(connector, { fields }), {
      callback: callbackOf({ code: "c" }),
      state: "state-1",
      verifier: VERIFIER,
    });
    expect(answer).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("[redacted]") as string,
    });
    expect(JSON.stringify(answer)).not.toContain("partner-key");
  });
});
