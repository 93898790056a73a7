import { describe, expect, it } from "vitest";
import type { Credential } from "#runtime/oauth/credential.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { exchangeCode } from "#runtime/oauth/protocol/exchange-code.ts";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import type { Received } from "#test/egress/server.ts";
import {
  APP,
  callbackOf,
  connectorFor,
  contextFor,
  credentialOf,
  formOf,
  NOW,
  startProvider,
  tokenSet,
} from "./kit.ts";
import type { Reply } from "./kit.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

const TOKENS = { access_token: "new-access", token_type: "bearer", expires_in: 3600 };

/** What a renewal comes to, and how the provider was asked. */
async function renewed(
  oauth: OAuthInput,
  credential: Credential = credentialOf(),
  reply: (request: Received, count: number) => Reply = () => ({ body: TOKENS }),
): Promise<{ answer: TokenAnswer; asked: readonly Received[] }> {
  const provider = await startProvider(reply);
  const answer = await renewTokens(contextFor(connectorFor(provider, oauth)), credential);
  return { answer, asked: provider.asked };
}

function tokensOf(answer: TokenAnswer): Credential["tokens"] {
  if (answer.kind !== "tokens") {
    throw new Error(`There are no tokens: ${answer.message}`);
  }
  return answer.credential.tokens;
}

describe("a renewal by refresh token", () => {
  it("uses it at the token URL, as the app", async () => {
    const { asked } = await renewed({});
    expect(asked.map(formOf)).toEqual([
      {
        grant_type: "refresh_token",
        refresh_token: tokenSet().refreshToken,
        client_id: APP.clientId,
        client_secret: APP.clientSecret,
      },
    ]);
    expect(asked[0]?.url).toBe("/token");
  });

  it("goes to its own URL, and is written as the first request was but for what it says itself", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(provider, {
      request: { body: "json", headers: { "X-One": "1" }, params: { audience: "a" } },
      refresh: {
        url: `${provider.origin}/refresh`,
        request: { params: { mode: "long" }, omit: ["client_secret"] },
      },
    });
    await renewTokens(contextFor(connector), credentialOf());
    const [request] = provider.asked;
    expect(request).toMatchObject({ url: "/refresh", headers: { "x-one": "1" } });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      grant_type: "refresh_token",
      refresh_token: tokenSet().refreshToken,
      client_id: APP.clientId,
      mode: "long",
    });
  });

  it("keeps everything of the credential that it does not renew", async () => {
    const credential = credentialOf({
      fields: { key: "k" },
      callback: { realmId: "42" },
      token: { url: "u", shard: "1" },
    });
    const { answer } = await renewed({ response: { keep: { shard: "shard" } } }, credential, () => ({
      body: { ...TOKENS, shard: 2 },
    }));
    expect(answer).toMatchObject({
      credential: {
        fields: { key: "k" },
        callback: { realmId: "42" },
        token: { url: "u", shard: "2" },
        authorizedAt: credential.authorizedAt,
        tokens: { main: { scopes: ["read"], refreshToken: tokenSet().refreshToken } },
      },
    });
  });

  it("tells the end of the refresh token where the provider does, and forgets that of a spent one", async () => {
    const oauth = { response: { refreshExpiresIn: "refresh_expires_in" } };
    const known = credentialOf({ tokens: { main: tokenSet({ refreshExpiresAt: NOW + 5_000 }) } });
    const reply = (part: object) => (): Reply => ({ body: { ...TOKENS, ...part } });
    const ends = async (part: object): Promise<number | null | undefined> =>
      tokensOf((await renewed(oauth, known, reply(part))).answer)["main"]?.refreshExpiresAt;
    expect(await ends({ refresh_token: "r2", refresh_expires_in: 90 })).toBe(NOW + 90_000);
    expect(await ends({ refresh_token: "r2" })).toBeNull();
    expect(await ends({})).toBe(NOW + 5_000);
    expect(await ends({ refresh_expires_in: -90 })).toBe(NOW + 5_000);
  });

  it("cannot be without a refresh token", async () => {
    for (const refreshToken of [null, ""]) {
      const { answer, asked } = await renewed(
        {},
        credentialOf({ tokens: { main: tokenSet({ refreshToken }) } }),
      );
      expect(answer).toMatchObject({ kind: "refused", code: "invalid_grant" });
      expect(asked).toEqual([]);
    }
  });
});

describe("several token sets", () => {
  const oauth: OAuthInput = {
    response: {
      sets: {
        user: {
          accessToken: "authed_user.access_token",
          refreshToken: "authed_user.refresh_token",
          scope: "authed_user.scope",
          expiry: { path: "authed_user.expires_in" },
        },
      },
    },
  };
  const both = (main: number, user: number): Credential =>
    credentialOf({
      tokens: {
        main: tokenSet({ expiresAt: NOW + main }),
        user: tokenSet({ accessToken: "user-old", refreshToken: "user-refresh-old", expiresAt: NOW + user }),
      },
    });
  const SOON = 1_000;
  const LATER = 3_000_000;

  /** Answers each refresh token with the next of its line, at the top level. */
  const rotate = (request: Received): Reply => {
    const line = formOf(request)["refresh_token"] ?? "";
    return { body: { ...TOKENS, access_token: `for-${line}`, refresh_token: `after-${line}` } };
  };

  it("come in one response, due at the earliest", async () => {
    const provider = await startProvider(() => ({
      body: {
        ...TOKENS,
        refresh_token: "r",
        scope: "bot",
        authed_user: { access_token: "u", refresh_token: "ur", expires_in: 60, scope: "me,you" },
      },
    }));
    const answer = await exchangeCode(contextFor(connectorFor(provider, oauth)), {
      callback: callbackOf({ code: "c" }),
      state: "state-1",
      verifier: "v".repeat(43),
    });
    expect(tokensOf(answer)).toMatchObject({
      main: { accessToken: "new-access", refreshToken: "r", expiresAt: NOW + 3_600_000, scopes: ["bot"] },
      user: { accessToken: "u", refreshToken: "ur", expiresAt: NOW + 60_000, scopes: ["me", "you"] },
    });
  });

  it("may come without the main one", async () => {
    const { answer } = await renewed(oauth, credentialOf(), () => ({
      body: { authed_user: { access_token: "u" } },
    }));
    expect(tokensOf(answer)).toMatchObject({ user: { accessToken: "u" } });
  });

  it("are renewed each with its own refresh token, and only those that are due", async () => {
    const one = await renewed(oauth, both(LATER, SOON), rotate);
    expect(one.asked.map((request) => formOf(request)["refresh_token"])).toEqual(["user-refresh-old"]);
    expect(tokensOf(one.answer)).toMatchObject({
      main: { accessToken: tokenSet().accessToken },
      user: {
        accessToken: "for-user-refresh-old",
        refreshToken: "after-user-refresh-old",
        expiresAt: NOW + 3_600_000,
      },
    });
    const two = await renewed(oauth, both(SOON, SOON), rotate);
    expect(two.asked).toHaveLength(2);
    expect(tokensOf(two.answer)).toMatchObject({
      main: { refreshToken: "after-refresh-token-old-33334444" },
      user: { refreshToken: "after-user-refresh-old" },
    });
  });

  it("are all renewed when none is due, as after a refusal of the API", async () => {
    const { asked } = await renewed(oauth, both(LATER, LATER), rotate);
    expect(asked).toHaveLength(2);
  });

  it("never lose what one was renewed to when the next fails", async () => {
    for (const failure of [{ status: 503 }, { status: 400, body: { error: "invalid_grant" } }]) {
      const { answer } = await renewed(oauth, both(SOON, SOON), (request, count) =>
        count === 1 ? rotate(request) : failure,
      );
      expect(tokensOf(answer)).toMatchObject({
        main: { refreshToken: "after-refresh-token-old-33334444" },
        user: { accessToken: "user-old", refreshToken: "user-refresh-old" },
      });
      // The next renewal asks for what is still due, and says how that went.
      const next = await renewed(oauth, { ...credentialOf(), tokens: tokensOf(answer) }, () => failure);
      expect(next.asked.map((request) => formOf(request)["refresh_token"])).toEqual(["user-refresh-old"]);
      expect(next.answer.kind).not.toBe("tokens");
    }
  });
});

describe("a renewal without a refresh token", () => {
  const credential = credentialOf({ tokens: { main: tokenSet({ refreshToken: null }) } });

  it("trades in the access token", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(provider, {
      refresh: {
        by: "exchange",
        url: `${provider.origin}/long-lived`,
        exchange: { grantType: "ig_refresh_token", tokenParam: "access_token" },
        request: { method: "GET", body: "query" },
      },
    });
    const answer = await renewTokens(contextFor(connector), credential);
    const url = new URL(provider.asked[0]?.url ?? "", provider.origin);
    expect(provider.asked[0]?.method).toBe("GET");
    expect(url.pathname).toBe("/long-lived");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      grant_type: "ig_refresh_token",
      access_token: tokenSet().accessToken,
    });
    expect(tokensOf(answer)["main"]).toMatchObject({ accessToken: "new-access", refreshToken: null });
  });

  it("asks again as the app", async () => {
    for (const oauth of [{ refresh: { by: "again" } }, { grant: "client_credentials" }] as const) {
      const { answer, asked } = await renewed({ ...oauth, scopes: { default: ["s"] } }, credential);
      expect(asked.map(formOf)).toMatchObject([{ grant_type: "client_credentials", scope: "s" }]);
      expect(tokensOf(answer)["main"]).toMatchObject({ accessToken: "new-access" });
    }
  });

  it("is not possible where nothing renews", async () => {
    const { answer, asked } = await renewed({ refresh: { by: "none" } });
    expect(answer).toMatchObject({ kind: "refused", code: "invalid_grant" });
    expect(asked).toEqual([]);
  });
});

describe("a renewal of a connection whose data no longer fit", () => {
  it("says so instead of throwing", async () => {
    const provider = await startProvider(() => ({ body: TOKENS }));
    const connector = connectorFor(
      provider,
      { tokenUrl: `${provider.origin}/{tenant}/token` },
      { fields: { tenant: { label: "Tenant" } } },
    );
    for (const fields of [{}, { tenant: ".." }]) {
      expect(await renewTokens(contextFor(connector, { fields }), credentialOf())).toMatchObject({
        kind: "refused",
        code: "other",
        message: expect.stringContaining("tenant"),
      });
    }
    expect(provider.asked).toEqual([]);
  });
});
