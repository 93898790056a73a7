import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { serve } from "#test/egress/server.ts";
import {
  APP,
  connectorFor,
  contextFor,
  credentialOf,
  NOW,
  providerAt,
  startProvider,
  tokenSet,
} from "./kit.ts";
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

describe("a provider that is not well", () => {
  const html = "<!doctype html><html><body>Sign in</body></html>";
  it.each([
    ["HTML with 200", { body: html, headers: { "content-type": "text/html" } }, true],
    ["HTML with 403", { status: 403, body: html, headers: { "content-type": "text/html" } }, true],
    ["HTML with 502", { status: 502, body: html }, true],
    ["nothing", { body: "" }, true],
    ["nothing with 204", { status: 204 }, true],
    ["broken JSON", { body: '{"access_token":"x"', headers: { "content-type": "application/json" } }, true],
    ["null", { body: "null", headers: { "content-type": "application/json" } }, true],
    ["text", { body: '"token"', headers: { "content-type": "application/json" } }, true],
    ["500 with an error", { status: 500, body: { error: "invalid_grant" } }, true],
    ["503", { status: 503, body: { error: "x" } }, true],
    ["408", { status: 408, body: {} }, true],
    ["server_error with 400", { status: 400, body: { error: "server_error" } }, true],
    ["429", { status: 429, body: { error: "invalid_grant" } }, false],
    ["temporarily_unavailable with 200", { body: { error: "temporarily_unavailable" } }, false],
    ["a redirect", { status: 302, headers: { location: "/elsewhere" } }, false],
    ["a redirect that keeps the body", { status: 307, headers: { location: "https://evil.example" } }, false],
    [
      "JSON that is 200,000 lists deep",
      { body: "[".repeat(200_000), headers: { "content-type": "application/json" } },
      true,
    ],
  ])("is unavailable: %s", async (_, reply, mayHaveArrived) => {
    expect(await answerTo(reply)).toMatchObject({ kind: "unavailable", mayHaveArrived });
  });

  it("is not followed to where it redirects a token request", async () => {
    const evil = await startProvider(() => json(TOKENS));
    const answer = await answerTo({ status: 307, headers: { location: `${evil.origin}/token` } });
    expect(answer).toMatchObject({ kind: "unavailable", message: expect.stringContaining("redirect") });
    expect(evil.asked).toEqual([]);
  });

  it.each([
    ["12", 12_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ["99999999999", 86_400_000],
    ["-1", null],
    ["later", null],
    [new Date(NOW - 90_000).toUTCString(), null],
  ])("may say when to come back: %s", async (value, retryAfterMs) => {
    expect(await answerTo({ status: 429, body: {}, headers: { "retry-after": value } })).toMatchObject({
      kind: "unavailable",
      retryAfterMs,
    });
  });

  it("is not read beyond a megabyte", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(`{"access_token":"x","padding":"${"p".repeat(10_000_000)}"}`);
    });
    const answer = await renewTokens(contextFor(connectorFor(providerAt(server))), credentialOf());
    expect(answer).toMatchObject({
      kind: "unavailable",
      mayHaveArrived: true,
      message: expect.stringContaining("1000000 bytes"),
    });
  });

  it("may reset the connection, before its answer or in the middle of it", async () => {
    const before = await serve((_, response) => response.destroy());
    const middle = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"access_token":"new-access"', () => response.destroy());
    });
    for (const server of [before, middle]) {
      const answer = await renewTokens(contextFor(connectorFor(providerAt(server))), credentialOf());
      expect(answer).toMatchObject({ kind: "unavailable", mayHaveArrived: true });
    }
  });

  it("may not be there at all: then nothing has arrived", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const connector = connectorFor({ origin: `http://localhost:${String(port)}` });
    expect(await renewTokens(contextFor(connector), credentialOf())).toMatchObject({
      kind: "unavailable",
      mayHaveArrived: false,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

describe("the time that a provider has", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A provider that sends a byte now and then, and never comes to an end. */
  async function dripping(): Promise<{ connector: ReturnType<typeof connectorFor>; dripped: Promise<void> }> {
    const { promise: dripped, resolve } = Promise.withResolvers<void>();
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => {
        response.write(" ", () => {
          resolve();
        });
      }, 5);
      response.on("close", () => {
        clearInterval(drip);
      });
    });
    return { connector: connectorFor(providerAt(server)), dripped };
  }

  it("is 30 s in all, however steadily it drips", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { connector, dripped } = await dripping();
    let settled = false;
    const answer = renewTokens(contextFor(connector), credentialOf()).finally(() => (settled = true));
    await dripped;
    await vi.advanceTimersByTimeAsync(29_900);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer).toMatchObject({
      kind: "unavailable",
      mayHaveArrived: true,
      message: expect.stringContaining("30 s"),
    });
  });

  it("ends when the caller gives up", async () => {
    const { connector, dripped } = await dripping();
    const caller = new AbortController();
    const answer = renewTokens(contextFor(connector, { signal: caller.signal }), credentialOf());
    await dripped;
    caller.abort();
    expect(await answer).toMatchObject({ kind: "unavailable", mayHaveArrived: true });
  });
});
