import { describe, expect, it } from "vitest";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { APP, connectorFor, contextFor, credentialOf, NOW, startProvider, tokenSet } from "./kit.ts";
import type { Reply } from "./kit.ts";

type OAuthInput = Parameters<typeof connectorFor>[1];

/** What a refresh comes to when the provider replies so. */
async function answerTo(reply: Reply, oauth: OAuthInput = {}): Promise<TokenAnswer> {
  const provider = await startProvider(() => reply);
  return renewTokens(contextFor(connectorFor(provider, oauth)), credentialOf());
}

const json = (body: unknown, status = 200): Reply => ({ status, body });
const TOKENS = {
  access_token: "new-access",
  refresh_token: "new-refresh",
  token_type: "bearer",
  expires_in: 3600,
};

describe("a token response", () => {
  it("renews the set, its end counted from the moment it arrived", async () => {
    expect(await answerTo(json({ ...TOKENS, scope: "a b" }))).toEqual({
      kind: "tokens",
      credential: credentialOf({
        tokens: {
          main: {
            accessToken: "new-access",
            refreshToken: "new-refresh",
            expiresAt: NOW + 3_600_000,
            refreshExpiresAt: null,
            scopes: ["a", "b"],
            issuedAt: NOW,
          },
        },
      }),
    });
  });

  it("keeps no more scopes, and none longer, than a provider can have", async () => {
    const many = Array.from({ length: 150_000 }, (_, index) => index.toString(36));
    const answer = await answerTo(
      json({ ...TOKENS, scope: ["x".repeat(501), "no\0scope", ...many].join(" ") }),
    );
    expect(answer).toMatchObject({ credential: { tokens: { main: { scopes: many.slice(0, 1_000) } } } });
  });

  it.each([
    ["none", {}],
    ["an empty one", { refresh_token: "" }],
    ["null", { refresh_token: null }],
    ["a number", { refresh_token: 7 }],
    ["one with a line break", { refresh_token: "a\nb" }],
  ])("with %s for a refresh token keeps the old one", async (_, part) => {
    const { refresh_token: __, ...rest } = TOKENS;
    expect(await answerTo(json({ ...rest, ...part }))).toMatchObject({
      credential: { tokens: { main: { accessToken: "new-access", refreshToken: tokenSet().refreshToken } } },
    });
  });

  it.each([
    ["a negative number", -5, null],
    ["zero", 0, null],
    ["a negative text", "-1", null],
    ["no number", "soon", null],
    ["null", null, null],
    ["an object", { seconds: 5 }, null],
    ["a list", [3600], null],
    ["true", true, null],
    ["text that is a number", "3600", NOW + 3_600_000],
    ["a fraction", 0.5, NOW + 500],
    ["a huge number", 1e300, NOW + 10 * 365 * 86_400_000],
    ["more than any date", Number.MAX_SAFE_INTEGER, NOW + 10 * 365 * 86_400_000],
  ])("with %s for expires_in still is one", async (_, expiresIn, end) => {
    expect(await answerTo(json({ ...TOKENS, expires_in: expiresIn }))).toMatchObject({
      kind: "tokens",
      credential: { tokens: { main: { expiresAt: end } } },
    });
  });

  it("may be a form, whatever it calls itself", async () => {
    const body = "access_token=new-access&expires_in=60&scope=a%2Cb&token_type=bearer";
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "text/html"]) {
      expect(await answerTo({ body, headers: { "content-type": type } })).toMatchObject({
        credential: {
          tokens: { main: { accessToken: "new-access", expiresAt: NOW + 60_000, scopes: ["a", "b"] } },
        },
      });
    }
  });

  it("may call its JSON text, and name a token type of its own or none", async () => {
    for (const type of ["text/plain", "text/html; charset=utf-8", "application/octet-stream"]) {
      const body = JSON.stringify({ access_token: "new-access", token_type: "Hawk" });
      expect(await answerTo({ body, headers: { "content-type": type } })).toMatchObject({ kind: "tokens" });
    }
    expect(await answerTo(json({ access_token: "new-access" }, 201))).toMatchObject({ kind: "tokens" });
  });

  it("may nest its tokens, and says what is kept of it", async () => {
    const answer = await answerTo(
      json({
        data: [{ auth: { token: "new-access", refresh: "new-refresh", life: 5 } }],
        team: { id: 42 },
        url: "u",
      }),
      {
        response: {
          accessToken: "data.0.auth.token",
          refreshToken: "data.0.auth.refresh",
          expiry: { path: "data.0.auth.life", unit: "minutes" },
          keep: { team: "team.id", url: "url", absent: "a.b", object: "team" },
        },
      },
    );
    expect(answer).toMatchObject({
      credential: {
        tokens: {
          main: { accessToken: "new-access", refreshToken: "new-refresh", expiresAt: NOW + 300_000 },
        },
      },
    });
    expect(answer.kind === "tokens" && answer.credential.token).toEqual({ team: "42", url: "u" });
  });

  it.each([
    ["a number", { access_token: 5 }],
    ["an object", { access_token: { token: "x" } }],
    ["an empty text", { access_token: "" }],
    ["blank text", { access_token: "  " }],
    ["a header of its own", { access_token: "a\r\nx-evil: 1" }],
    ["nothing", {}],
    ["a list", []],
  ])("with %s where the access token belongs is none", async (_, body) => {
    expect(await answerTo(json(body))).toMatchObject({
      kind: "unavailable",
      mayHaveArrived: true,
      retryAfterMs: null,
    });
  });
});

describe("a provider that says no", () => {
  it.each([
    ["invalid_grant", 400, { error: "invalid_grant", error_description: "Token has been expired" }, {}],
    ["invalid_grant", 403, { error: "invalid_grant" }, {}],
    ["invalid_grant", 401, { error: "invalid_grant" }, {}],
    ["invalid_grant", 200, { error: "invalid_grant" }, {}],
    ["invalid_grant", 200, { error: "bad_refresh_token" }, { invalidGrant: ["bad_refresh_token"] }],
    [
      "invalid_grant",
      400,
      { error: "invalid_request", error_description: "Refresh token is gone " },
      { invalidGrant: ["refresh token is gone"] },
    ],
    ["invalid_grant", 400, { error: { code: 190, message: "gone" } }, { invalidGrant: ["190"] }],
    [
      "invalid_grant",
      200,
      { ok: false, reason: { text: "dead" } },
      { error: "reason.text", invalidGrant: ["dead"] },
    ],
    ["invalid_client", 401, { error: "invalid_client" }, {}],
    ["invalid_client", 400, { error: "unauthorized_client" }, {}],
    ["invalid_client", 200, { error: "bad_app" }, { invalidClient: ["bad_app"] }],
    ["other", 400, { error: "invalid_scope" }, {}],
    ["other", 400, { message: "nope" }, {}],
    ["other", 404, { detail: "no such thing" }, {}],
    ["other", 200, { error: true, error_description: "no" }, {}],
  ])("is understood: %s (%d %j)", async (code, status, body, response) => {
    const answer = await answerTo(json(body, status), { response });
    expect(answer).toMatchObject({ kind: "refused", code, message: expect.stringContaining(String(status)) });
  });

  it("is believed in a form, too", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect(await answerTo({ body: "error=invalid_grant&error_description=gone", headers })).toMatchObject({
      kind: "refused",
      code: "invalid_grant",
      message: expect.stringContaining("gone"),
    });
  });

  it.each([false, null, "", 0])("does not by an error that is %j beside tokens", async (error) => {
    expect(await answerTo(json({ ...TOKENS, error }))).toMatchObject({ kind: "tokens" });
  });

  it("never shows a secret that it repeats, in any encoding", async () => {
    const { accessToken, refreshToken } = tokenSet();
    const secrets = [APP.clientSecret ?? "", refreshToken ?? "", accessToken];
    const echo = secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
      encodeURIComponent(secret),
    ]);
    for (const said of echo) {
      const answer = await answerTo(json({ error: "invalid_grant", error_description: `bad: ${said}` }, 400));
      expect(answer).toMatchObject({ kind: "refused", message: expect.stringContaining("bad: ") });
      for (const secret of echo) {
        expect(JSON.stringify(answer)).not.toContain(secret);
      }
    }
  });

  it("is quoted on one line of 300 characters at most", async () => {
    const answer = await answerTo(
      json({ error: "invalid_grant", error_description: `a\r\nb\0c\u2028${"d".repeat(900_000)}` }, 400),
    );
    const message = answer.kind === "refused" ? answer.message : "";
    expect(message).toContain("a b c d");
    expect(message.length).toBeLessThanOrEqual(300);
  });
});
