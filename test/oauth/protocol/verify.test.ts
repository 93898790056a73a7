import { describe, expect, it } from "vitest";
import { authorizationOf } from "#runtime/oauth/authorization.ts";
import { verifyConnection } from "#runtime/oauth/verify.ts";
import type { VerificationResult } from "#runtime/oauth/verify.ts";
import { parseConnector } from "#sdk/connector/parse.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import { credentialOf, loopbackEgress, startProvider } from "./kit.ts";
import type { Provider, Reply } from "./kit.ts";

const KEY = "api-key-9f8e7d6c";

async function verified(
  reply: () => Reply,
  given: Partial<ConnectorInput> = {},
): Promise<{ result: VerificationResult; provider: Provider }> {
  const provider = await startProvider(reply);
  const connector = parseConnector({
    slug: "acme",
    name: "Acme",
    hosts: [provider.origin],
    baseUrl: `${provider.origin}/v1`,
    auth: [{ id: "key", type: "api-key", label: "Key", in: "query", name: "key" }],
    verification: { path: "/me", account: { id: "user.id", name: "user.name" } },
    ...given,
  });
  const [method] = connector.auth;
  if (method === undefined) {
    throw new Error("The connector of this test has no method.");
  }
  const credential = credentialOf({
    fields: { apiKey: KEY },
    tokens: {},
    callback: { realmId: "realm-1" },
  });
  const result = await verifyConnection({
    connector,
    authorization: authorizationOf({ connector, method, fields: { team: "t/1" }, credential, version: 1 }),
    credential,
    egress: loopbackEgress(),
    signal: new AbortController().signal,
    fields: { team: "t/1" },
  });
  return { result, provider };
}

describe("a verification", () => {
  it("makes the connector's request with the credential, and tells the account", async () => {
    const { result, provider } = await verified(() => ({ body: { user: { id: 42, name: "Ada" } } }));
    expect(result).toMatchObject({ ok: true, status: 200, reason: null, account: { id: "42", name: "Ada" } });
    expect(result.latencyMs).toBeGreaterThanOrEqual(0);
    expect(provider.asked[0]).toMatchObject({ method: "GET", url: `/v1/me?key=${KEY}` });
  });

  it.each([
    [
      { id: 42, name: `Key ${KEY}` },
      { id: "42", name: null },
    ],
    [{ id: KEY, name: "Ada" }, null],
    [
      { id: "a\0b", name: "Ada\r\nAdmin" },
      { id: "a b", name: "Ada  Admin" },
    ],
  ])("tells of the account %j neither a secret nor what cannot be stored", async (user, account) => {
    const { result } = await verified(() => ({ body: { user } }));
    expect(result).toMatchObject({ ok: true, account });
  });

  it("posts a body, with headers of its own, and fills its templates", async () => {
    const { result, provider } = await verified(() => ({ body: { data: { viewer: { id: "v1" } } } }), {
      fields: { team: { label: "Team" } },
      verification: {
        method: "POST",
        path: "/graphql?x=1",
        headers: { "X-Team": "team {team}" },
        body: '{"query":"{ viewer { id } }"}',
        account: { id: "{team}", name: "data.viewer.id" },
      },
    });
    expect(result.account).toEqual({ id: "t/1", name: "v1" });
    expect(provider.asked[0]).toMatchObject({
      method: "POST",
      url: `/v1/graphql?x=1&key=${KEY}`,
      body: '{"query":"{ viewer { id } }"}',
      headers: { "x-team": "team t/1", "content-type": "application/json", accept: "application/json" },
    });
  });

  it.each([
    [
      "the connector's place",
      { status: 401, body: { info: { why: "expired" } } },
      { reason: "info.why" },
      "expired",
    ],
    ["the usual places", { status: 403, body: { error: { message: "no scope" } } }, {}, "no scope"],
    ["its status", { status: 500, body: "<html>oops</html>" }, {}, "The provider answered 500."],
    [
      "a 200 that means no",
      { body: { ok: false, error: "invalid_auth" } },
      { failed: [{ path: "ok", equals: "false" }] },
      "invalid_auth",
    ],
  ])("fails with the provider's reason from %s", async (_, reply, verification, reason) => {
    const { result } = await verified(() => reply, { verification: { path: "/me", ...verification } });
    expect(result).toMatchObject({
      ok: false,
      reason,
      account: null,
      status: "status" in reply ? reply.status : 200,
    });
  });

  it("never shows the credential that the provider repeats", async () => {
    for (const said of [KEY, Buffer.from(KEY).toString("base64"), Buffer.from(KEY).toString("hex")]) {
      const { result } = await verified(() => ({ status: 401, body: { message: `bad key ${said}\r\n` } }));
      expect(result.reason).toMatch(/^bad key /);
      expect(JSON.stringify(result)).not.toContain(said);
    }
  });

  it("does not read an answer without end", async () => {
    const { result } = await verified(() => ({ body: "x".repeat(2_000_000) }));
    expect(result).toMatchObject({
      ok: false,
      status: null,
      reason: expect.stringContaining("1000000 bytes"),
    });
  });

  it("does not follow a redirect off the connector's hosts, and leaves nothing there", async () => {
    const evil = await startProvider(() => ({ body: {} }));
    const { result } = await verified(() => ({
      status: 302,
      headers: { location: `${evil.origin}/me?key=${KEY}` },
    }));
    expect(result).toMatchObject({ ok: false, status: null });
    expect(evil.asked).toEqual([]);
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it("follows one within them", async () => {
    let asked = 0;
    const { result } = await verified(() => {
      asked += 1;
      return asked === 1 ? { status: 307, headers: { location: "/v2/me" } } : { body: { user: { id: "1" } } };
    });
    expect(result).toMatchObject({ ok: true, account: { id: "1", name: null } });
  });

  it("has no account where the answer has none", async () => {
    const { result } = await verified(() => ({ body: { user: { id: { deep: true } } } }));
    expect(result).toMatchObject({ ok: true, account: null });
  });
});

describe("a connector without a verification", () => {
  it("asks nothing", async () => {
    const provider = await startProvider(() => ({}));
    const connector = parseConnector({
      slug: "acme",
      name: "Acme",
      hosts: [provider.origin],
      baseUrl: provider.origin,
      auth: [{ id: "none", type: "none", label: "None" }],
    });
    const [method] = connector.auth;
    const credential = credentialOf({ tokens: {} });
    const authorization =
      method && authorizationOf({ connector, method, fields: {}, credential, version: 1 });
    expect(authorization).toBeDefined();
    const result =
      authorization &&
      (await verifyConnection({
        connector,
        authorization,
        credential,
        egress: loopbackEgress(),
        signal: new AbortController().signal,
      }));
    expect(result).toEqual({ ok: true, status: null, latencyMs: 0, reason: null, account: null });
    expect(provider.asked).toEqual([]);
  });
});
