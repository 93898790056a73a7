import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { renewTokens } from "#runtime/oauth/protocol/renew-tokens.ts";
import type { TokenAnswer } from "#runtime/oauth/protocol/context.ts";
import { serve } from "#test/egress/server.ts";
import { connectorFor, contextFor, credentialOf, NOW, providerAt, startProvider } from "./kit.ts";
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
