import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFakeProvider } from "#sdk/connector-testing.ts";
import type { FakeProvider } from "#sdk/connector-testing.ts";
import type { ConnectorInput } from "#sdk/connector/schema.ts";
import type { Client, Json, Page, Problem } from "./client.ts";
import { forgetConnections, makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

const DEFINITION: ConnectorInput = {
  slug: "consented",
  name: "Consented",
  hosts: ["api.consented.example"],
  baseUrl: "https://api.consented.example",
  verification: { path: "/me", account: { id: "id", name: "name" } },
  auth: [
    {
      id: "oauth",
      type: "oauth2",
      label: "Sign in",
      authorizeUrl: "https://api.consented.example/authorize",
      tokenUrl: "https://api.consented.example/token",
      revokeUrl: "https://api.consented.example/revoke",
      scopes: { default: ["read", "write"] },
    },
  ],
};

let api: TestApi;
let tenant: Tenant;
let client: Client;
let provider: FakeProvider;

beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
  provider = await startFakeProvider(DEFINITION);
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/customers", { slug: "acme" });
  await client.send("POST", "/connectors", { definition: provider.connector });
});
afterAll(async () => {
  await provider.close();
  await api.close();
});
beforeEach(async () => forgetConnections(api, tenant));

const authorize = async (body: object = {}) =>
  client.send<Json & Problem>("POST", "/connections/authorize", {
    connector: "consented",
    environment: "dev",
    ...body,
  });

/** Does what the account's owner does in a browser. */
async function consent(authorizeUrl: unknown): Promise<Response> {
  return fetch(await provider.consent(String(authorizeUrl)));
}

async function connect(body: object = {}): Promise<Json> {
  const begun = await authorize(body);
  expect(begun.status).toBe(201);
  expect((await consent(begun.body["authorizeUrl"])).status).toBe(200);
  const [made] = (await client.get<Page>("/connections?limit=1")).body.data;
  expect(made).toBeDefined();
  return made ?? { id: "" };
}

describe("an account whose owner consents", () => {
  test("needs an OAuth app, and no pasted credential", async () => {
    expect(await authorize()).toMatchObject({ status: 409, body: { code: "TENON_OAUTH_APP_MISSING" } });
    const { clientId, clientSecret } = provider;
    const app = await client.send("POST", "/oauth-apps", { connector: "consented", clientId, clientSecret });
    expect(app.status).toBe(201);
    const pasted = await client.send<Problem>("POST", "/connections", {
      connector: "consented",
      environment: "dev",
    });
    expect(pasted).toMatchObject({ status: 400, body: { errors: [{ path: "method" }] } });
    expect((await authorize({ returnUrl: "javascript:alert(1)" })).status).toBe(400);
    expect((await authorize({ fields: { other: "x" } })).body.errors[0]?.path).toBe("fields.other");
  });

  test("is connected when they come back, once", async () => {
    const begun = await authorize({
      customer: "acme",
      name: "Of Acme",
      tags: ["a"],
      metadata: { plan: "pro" },
    });
    const callback = await provider.consent(String(begun.body["authorizeUrl"]));
    expect((await fetch(callback)).status).toBe(200);
    expect((await fetch(callback)).status).toBeGreaterThanOrEqual(400);
    const made = (await client.get<Page>("/connections?customer=acme")).body.data;
    expect(made).toMatchObject([
      {
        name: "Of Acme",
        status: "healthy",
        account: provider.account,
        scopes: ["read", "write"],
        tags: ["a"],
        metadata: { plan: "pro" },
        owner: { kind: "customer" },
        verification: { ok: true },
      },
    ]);
    expect(provider.complaints).toEqual([]);
    const test_ = await client.send("POST", `/connections/${String(made[0]?.id)}/test`);
    expect(test_.body).toMatchObject({ ok: true, status: 200 });
  });

  test("renews what has ended before it says that it does not work", async () => {
    const { id } = await connect();
    provider.control.expireAccessTokens();
    expect((await client.send("POST", `/connections/${id}/test`)).body).toMatchObject({ ok: true });
    expect((await client.send("POST", `/connections/${id}/refresh`)).body).toMatchObject({
      status: "refreshed",
    });
    provider.control.revokeGrants();
    const refused = await client.send("POST", `/connections/${id}/refresh`);
    expect(refused.body).toMatchObject({ status: "reauthorize", connection: { status: "reauthorize" } });
  });

  test("is reconnected in place, with the scopes told that came and went", async () => {
    const { id } = await connect({ scopes: ["read"] });
    const again = await client.send("POST", `/connections/${id}/reconnect`, { scopes: ["read", "write"] });
    expect(again.status).toBe(202);
    expect((await consent(again.body["authorizeUrl"])).status).toBe(200);
    const { body } = await client.get(`/connections/${id}`);
    expect(body).toMatchObject({ scopes: ["read", "write"], status: "healthy" });
    const [event] = (await client.get<Page>("/audit?action=connection.reconnect")).body.data;
    expect(event).toMatchObject({ details: { gainedScopes: ["write"], lostScopes: [] } });
    const stored = (await client.get<Page>("/connections")).body.data.filter((one) => one.id === id);
    expect(stored).toHaveLength(1);
  });

  test("is revoked upstream when it is disconnected, also while the provider is in trouble", async () => {
    const { id } = await connect();
    const before = provider.counts();
    const answer = await client.send("POST", `/connections/${id}/disconnect`);
    expect(answer.body).toMatchObject({
      revoked: true,
      reason: null,
      connection: { status: "disconnected" },
    });
    expect(provider.log.slice(-1)[0]).toMatchObject({ endpoint: "revoke" });
    expect(provider.counts()).not.toEqual(before);
    const other = await connect();
    provider.control.failNext(10, { status: 500 }, "revoke");
    const failed = await client.send("POST", `/connections/${other.id}/disconnect`);
    provider.control.recover();
    expect(failed).toMatchObject({
      status: 200,
      body: { revoked: false, connection: { status: "disconnected", secrets: [], scopes: [] } },
    });
    expect(failed.body["reason"]).not.toBeNull();
  });

  test("keeps its tokens when only its name changes", async () => {
    const { id } = await connect();
    const calls = provider.counts();
    expect((await client.send("PATCH", `/connections/${id}`, { name: "Renamed" })).status).toBe(200);
    expect(provider.counts()).toEqual(calls);
    expect((await client.send("POST", `/connections/${id}/test`)).body).toMatchObject({ ok: true });
  });
});
