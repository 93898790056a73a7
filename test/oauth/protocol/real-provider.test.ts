import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import type { Credential, OAuthApp } from "#runtime/oauth/credential.ts";
import { beginAuthorization } from "#runtime/oauth/protocol/begin-authorization.ts";
import type { OAuthContext, TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import { requestAppTokens } from "#runtime/oauth/protocol/request-app-tokens.ts";
import { revokeTokens } from "#runtime/oauth/protocol/revoke-tokens.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import { APP, connectorFor, contextFor } from "./kit.ts";
import { startOpenIdProvider } from "./openid-provider.ts";
import type { OpenIdProvider } from "./openid-provider.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

const REDIRECT = "https://tenon.example/oauth/callback";
const KEY = generateKeyPairSync("ec", { namedCurve: "P-256" });
const SECRET = "s3cret with/odd+chars=%:*";

let provider: OpenIdProvider;
beforeAll(async () => {
  const common = {
    redirect_uris: [REDIRECT],
    id_token_signed_response_alg: "ES256",
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
  };
  provider = await startOpenIdProvider([
    {
      ...common,
      client_id: "basic",
      client_secret: SECRET,
      token_endpoint_auth_method: "client_secret_basic",
    },
    { ...common, client_id: "post", client_secret: SECRET, token_endpoint_auth_method: "client_secret_post" },
    {
      ...common,
      client_id: "jwt",
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...KEY.publicKey.export({ format: "jwk" }), kid: "key-1" }] },
    },
    {
      ...common,
      client_id: "public",
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "none",
    },
  ] as Parameters<typeof startOpenIdProvider>[0]);
});
afterAll(() => provider.close());

const APPS: Readonly<Record<string, OAuthApp>> = {
  basic: { ...APP, clientId: "basic", clientSecret: SECRET },
  post: { ...APP, clientId: "post", clientSecret: SECRET },
  jwt: {
    ...APP,
    clientId: "jwt",
    clientSecret: null,
    privateKey: KEY.privateKey.export({ type: "pkcs8", format: "pem" }),
    keyId: "key-1",
  },
  public: { ...APP, clientId: "public", clientSecret: null },
};
const AUTH = { basic: "basic", post: "body", jwt: "private_key_jwt", public: "none" } as const;

function contextOf(client: keyof typeof AUTH, oauth: OAuthInput = {}): OAuthContext {
  const connector = connectorFor(
    provider,
    {
      authorizeUrl: `${provider.origin}/auth`,
      revokeUrl: `${provider.origin}/token/revocation`,
      introspectUrl: `${provider.origin}/token/introspection`,
      clientAuth: AUTH[client],
      scopes: { default: ["openid", "offline_access"] },
      authorizeParams: { prompt: "consent" },
      ...oauth,
    },
    { baseUrl: provider.origin, verification: { path: "/me", account: { id: "sub" } } },
  );
  const { now: _, ...context } = contextFor(connector, { app: APPS[client] ?? APP, redirectUri: REDIRECT });
  return context;
}

async function connect(context: OAuthContext): Promise<Credential> {
  const { url, verifier } = await beginAuthorization(context, { state: "state-7" });
  const callback = await provider.authorize(url, REDIRECT);
  return credentialIn(await exchangeCode(context, { callback, state: "state-7", verifier }));
}

function credentialIn(answer: TokenAnswer): Credential {
  if (answer.kind !== "tokens") {
    throw new Error(`The provider gave no tokens: ${answer.message}`);
  }
  return answer.credential;
}

function verified(context: OAuthContext, credential: Credential): Promise<VerificationResult> {
  const { connector, method, egress, signal } = context;
  const authorization = authorizationOf({ connector, method, fields: {}, credential, version: 1 });
  return verifyConnection({ connector, authorization, credential, egress, signal });
}

describe("a real provider", () => {
  it.each(["basic", "post", "jwt", "public"] as const)(
    "connects, verifies, refreshes with rotation and revokes an app that proves itself by %s",
    async (client) => {
      const context = contextOf(client);
      const first = await connect(context);
      expect(first.tokens["main"]).toMatchObject({
        refreshToken: expect.any(String),
        scopes: ["openid", "offline_access"],
      });
      expect(await verified(context, first)).toMatchObject({
        ok: true,
        status: 200,
        account: { id: "account-1" },
      });
      const left = (first.tokens["main"]?.expiresAt ?? 0) - Date.now();
      expect(left).toBeGreaterThan(590_000);
      expect(left).toBeLessThanOrEqual(600_000);

      const second = credentialIn(await renewTokens(context, first));
      expect(second.tokens["main"]?.refreshToken).not.toBe(first.tokens["main"]?.refreshToken);
      expect(second.tokens["main"]?.accessToken).not.toBe(first.tokens["main"]?.accessToken);
      expect(await verified(context, second)).toMatchObject({ ok: true });

      expect(await revokeTokens(context, second)).toEqual({ revoked: true, reason: null });
      expect(await verified(context, second)).toMatchObject({ ok: false, status: 401, account: null });
      expect(await renewTokens(context, second)).toMatchObject({ kind: "refused", code: "invalid_grant" });
    },
  );

  it("revokes everything when a spent refresh token is used again", async () => {
    const context = contextOf("post");
    const first = await connect(context);
    const second = credentialIn(await renewTokens(context, first));
    expect(await renewTokens(context, first)).toMatchObject({ kind: "refused", code: "invalid_grant" });
    expect(await renewTokens(context, second)).toMatchObject({ kind: "refused", code: "invalid_grant" });
  });

  it("takes no code a second time, and none without the verifier that it was announced with", async () => {
    const context = contextOf("post");
    const { url, verifier } = await beginAuthorization(context, { state: "s" });
    const callback = await provider.authorize(url, REDIRECT);
    const wrong = await exchangeCode(context, { callback, state: "s", verifier: "w".repeat(43) });
    expect(wrong).toMatchObject({ kind: "refused", code: "invalid_grant" });
    const right = await provider.authorize(url, REDIRECT);
    credentialIn(await exchangeCode(context, { callback: right, state: "s", verifier }));
    const again = await exchangeCode(context, { callback: right, state: "s", verifier });
    expect(again).toMatchObject({ kind: "refused", code: "invalid_grant" });
  });

  it("refuses an app with another secret, which is no fault of the connection", async () => {
    const context = contextOf("basic");
    const credential = await connect(context);
    const wrong = { ...context, app: { ...context.app, clientSecret: "not-the-secret" } };
    expect(await renewTokens(wrong, credential)).toMatchObject({ kind: "refused", code: "invalid_client" });
    expect(await renewTokens(context, credential)).toMatchObject({ kind: "tokens" });
  });

  it("gives the app itself tokens, and again when they end", async () => {
    const context = contextOf("jwt", { grant: "client_credentials", scopes: { default: [] } });
    const first = credentialIn(await requestAppTokens(context));
    expect(first.tokens["main"]).toMatchObject({ refreshToken: null });
    const second = credentialIn(await renewTokens(context, first));
    expect(second.tokens["main"]?.accessToken).not.toBe(first.tokens["main"]?.accessToken);
  });

  it("is asked for the end of a token that it does not tell", async () => {
    const context = contextOf("post", {
      response: { expiry: { path: "nowhere", missing: "introspect" } },
    });
    const left = ((await connect(context)).tokens["main"]?.expiresAt ?? 0) - Date.now();
    expect(left).toBeGreaterThan(590_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });
});
