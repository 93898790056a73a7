import { describe, expect, it } from "vitest";
import { revokeTokens } from "#runtime/oauth/protocol/revoke-tokens.ts";
import { APP, connectorFor, contextFor, credentialOf, formOf, startProvider, tokenSet } from "./kit.ts";
import type { Reply } from "./kit.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

async function revoked(
  reply: Reply,
  oauth: OAuthInput = {},
  credential = credentialOf(),
): Promise<{ result: Awaited<ReturnType<typeof revokeTokens>>; asked: readonly Record<string, string>[] }> {
  const provider = await startProvider(() => reply);
  const connector = connectorFor(provider, { revokeUrl: `${provider.origin}/revoke`, ...oauth });
  const result = await revokeTokens(contextFor(connector), credential);
  expect(provider.asked.map(({ url }) => url)).toEqual(provider.asked.map(() => "/revoke"));
  return { result, asked: provider.asked.map(formOf) };
}

describe("a revocation", () => {
  it("gives up the refresh token, or the one that the connector names", async () => {
    const { result, asked } = await revoked({});
    expect(result).toEqual({ revoked: true, reason: null });
    expect(asked).toEqual([
      {
        token: tokenSet().refreshToken,
        token_type_hint: "refresh_token",
        client_id: APP.clientId,
        client_secret: APP.clientSecret,
      },
    ]);
    const access = await revoked({}, { revoke: "access_token" });
    expect(access.asked).toMatchObject([{ token: tokenSet().accessToken, token_type_hint: "access_token" }]);
    const only = credentialOf({ tokens: { main: tokenSet({ refreshToken: null }) } });
    expect((await revoked({}, {}, only)).asked).toMatchObject([{ token: tokenSet().accessToken }]);
  });

  it("is written as the connector says", async () => {
    const provider = await startProvider(() => ({}));
    const connector = connectorFor(provider, {
      revokeUrl: `${provider.origin}/revoke`,
      revokeRequest: { body: "json", headers: { "api-version": "7" }, omit: ["token_type_hint"] },
    });
    const result = await revokeTokens(contextFor(connector), credentialOf());
    expect(result).toEqual({ revoked: true, reason: null });
    expect(provider.asked.map(({ headers }) => headers["api-version"])).toEqual(["7"]);
    expect(provider.asked.map(({ body }): unknown => JSON.parse(body))).toEqual([
      { token: tokenSet().refreshToken, client_id: APP.clientId, client_secret: APP.clientSecret },
    ]);
  });

  it("gives up every token set", async () => {
    const credential = credentialOf({
      tokens: { main: tokenSet(), user: tokenSet({ refreshToken: "user-refresh" }) },
    });
    const { asked } = await revoked({}, {}, credential);
    expect(asked.map(({ token }) => token)).toEqual([tokenSet().refreshToken, "user-refresh"]);
  });

  it.each([
    ["nothing", {}],
    ["204", { status: 204 }],
    ["JSON", { body: { success: true } }],
    ["HTML", { body: "<html>" }],
    ["that the token is gone already", { status: 400, body: { error: "invalid_token" } }],
  ])("has succeeded when the provider answers %s", async (_, reply) => {
    expect((await revoked(reply)).result).toEqual({ revoked: true, reason: null });
  });

  it.each([
    ["an error", { status: 400, body: { error: "unsupported_token_type" } }, "unsupported_token_type"],
    ["an error with 200", { body: { error: "not_authed" } }, "not_authed"],
    ["server_error with 200", { body: { error: "server_error" } }, "server_error"],
    ["that it is down", { status: 503, body: "down" }, "503"],
    ["a redirect", { status: 302, headers: { location: "/" } }, "redirect"],
  ])("has not when it answers %s, and says why", async (_, reply, reason) => {
    expect((await revoked(reply)).result).toEqual({
      revoked: false,
      reason: expect.stringContaining(reason),
    });
  });

  it("never shows the token that it could not revoke", async () => {
    const { result } = await revoked({
      status: 400,
      body: { error: "bad", error_description: `no such token: ${tokenSet().refreshToken ?? ""}` },
    });
    expect(result.reason).toContain("no such token: ");
    expect(result.reason).not.toContain(tokenSet().refreshToken);
  });

  it("is not possible without an address or a token", async () => {
    const connector = connectorFor({ origin: "http://localhost:9" });
    expect(await revokeTokens(contextFor(connector), credentialOf())).toMatchObject({ revoked: false });
    const { result, asked } = await revoked({}, {}, credentialOf({ tokens: {} }));
    expect(result).toMatchObject({ revoked: false, reason: expect.any(String) });
    expect(asked).toEqual([]);
  });
});
