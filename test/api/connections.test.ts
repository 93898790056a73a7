import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import type { Client, Json, Page, Problem } from "./client.ts";
import { eventually } from "#test/support/product.ts";
import { forgetConnections, makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";
import { VENDOR_APP, startVendor, vendorConnector } from "./vendor.ts";
import type { Vendor } from "./vendor.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
let vendor: Vendor;

beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
  vendor = await startVendor();
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/customers", { slug: "acme" });
  await client.send("POST", "/connectors", { definition: vendorConnector(vendor) });
});
afterAll(async () => {
  await vendor.close();
  await api.close();
});
beforeEach(async () => {
  await forgetConnections(api, tenant);
  vendor.trouble = null;
  vendor.held = Promise.resolve();
  vendor.requests.length = 0;
});

const ACCOUNT = { id: "42", name: "Acme Inc." };

const connect = async (body: object) =>
  client.send("POST", "/connections", { connector: "vendor", environment: "dev", ...body });

async function keyConnection(key: string, more: object = {}): Promise<Json> {
  vendor.accounts.set(key, ACCOUNT);
  const { status, body } = await connect({ fields: { apiKey: key }, ...more });
  expect(status).toBe(201);
  return body;
}

describe("a pasted credential", () => {
  test.each([
    ["key", { apiKey: "key-in-header-1" }, "key-in-header-1"],
    ["query-key", { apiKey: "key-in-query-1" }, "key-in-query-1"],
    ["bearer", { token: "bearer-token-1" }, "Bearer bearer-token-1"],
    [
      "basic",
      { username: "ada", password: "p:ss wörd" },
      `Basic ${Buffer.from("ada:p:ss wörd").toString("base64")}`,
    ],
  ])("of the method %s is tried out, sealed and never shown", async (method, fields, onWire) => {
    vendor.accounts.set(onWire, ACCOUNT);
    const { status, body } = await connect({ method, fields });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        method,
        status: "healthy",
        account: ACCOUNT,
        verification: { ok: true, status: 200, reason: null },
        owner: { kind: "organization", customer: null, user: null },
        name: "Vendor",
      },
    });
    const secret = Object.values(fields).at(-1) ?? "";
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body["secrets"]).toEqual([Object.keys(fields).at(-1)]);
    expect((await client.get(`/connections/${body.id}`)).body).toEqual(body);
    expect(await dump()).not.toContain(secret);
  });

  test("of the method none needs no field", async () => {
    vendor.accounts.set("null", ACCOUNT);
    const { status, body } = await connect({ method: "open" });
    vendor.accounts.delete("null");
    expect({ status, secrets: body["secrets"] }).toEqual({ status: 201, secrets: [] });
  });

  test("that the provider refuses is not stored, and its reason is told without the secret", async () => {
    const answer = await connect({ fields: { apiKey: "wrong-key-77" } });
    expect(answer).toMatchObject({ status: 400, body: { code: "TENON_VERIFICATION_FAILED" } });
    expect((answer.body as unknown as Problem).detail).toContain("401: who are you");
    expect(JSON.stringify(answer.body)).not.toContain("wrong-key-77");
    const unverified = await connect({ fields: { apiKey: "wrong-key-77" }, verify: false });
    expect(unverified).toMatchObject({
      status: 201,
      body: { status: "unverified", verification: { ok: false, status: 401 } },
    });
  });

  test("must have the fields that the method asks for, each on one line", async () => {
    const refused = async (fields: object, path: string, method = "key") => {
      const { status, body } = await connect({ fields, method });
      expect({ status, path: (body as unknown as Problem).errors[0]?.path }).toEqual({ status: 400, path });
      expect(JSON.stringify(body)).not.toContain("sneaky");
    };
    await refused({}, "fields.apiKey");
    await refused({ apiKey: "" }, "fields.apiKey");
    await refused({ apiKey: "sneaky\r\nX-Admin: 1" }, "fields.apiKey");
    await refused({ apiKey: "sneaky\u0007" }, "fields.apiKey");
    await refused({ apiKey: "sneaky", other: "x" }, "fields.other");
    await refused({ username: "a\nb", password: "x" }, "fields.username", "basic");
    await refused({}, "method", "nonsense");
    await keyConnection("ends-with-newline");
    const trimmed = await connect({ fields: { apiKey: "ends-with-newline\n" }, customer: "acme" });
    expect(trimmed.status).toBe(201);
    expect(vendor.requests.every(({ headers }) => headers["x-admin"] === undefined)).toBe(true);
  });

  test("belongs to the organization, a customer or one of its users", async () => {
    const ofCustomer = await keyConnection("of-customer", {
      customer: "acme",
      name: "Theirs",
      tags: ["crm"],
    });
    expect(ofCustomer["owner"]).toMatchObject({ kind: "customer", customer: { slug: "acme" }, user: null });
    const ofUser = await keyConnection("of-user", { customer: "acme", user: "ada@acme.example" });
    expect(ofUser["owner"]).toMatchObject({ kind: "user", user: "ada@acme.example" });
    expect((await connect({ fields: { apiKey: "of-user" }, user: "ada" })).status).toBe(400);
    const list = async (query: string) => (await client.get<Page>(`/connections?${query}`)).body.data;
    expect((await list("customer=acme")).map(({ id }) => id)).toEqual([ofUser.id, ofCustomer.id]);
    expect((await list("user=ada%40acme.example")).map(({ id }) => id)).toEqual([ofUser.id]);
    expect((await list("tag=crm")).map(({ id }) => id)).toEqual([ofCustomer.id]);
    expect(await list("owner=customer&connector=vendor&status=healthy&environment=dev")).toHaveLength(1);
    expect(await list("expiringSoon=true")).toEqual([]);
  });

  test("is stored once for an Idempotency-Key", async () => {
    vendor.accounts.set("idempotent-key", ACCOUNT);
    const send = async () =>
      client.send(
        "POST",
        "/connections",
        { connector: "vendor", environment: "dev", fields: { apiKey: "idempotent-key" } },
        { "idempotency-key": "once" },
      );
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("an account that is connected already", () => {
  test("is not connected again for the same owner, and the answer names its connection", async () => {
    const first = await keyConnection("first-key", { name: "First" });
    vendor.accounts.set("second-key", ACCOUNT);
    const again = await connect({ fields: { apiKey: "second-key" } });
    expect(again).toMatchObject({ status: 409, body: { code: "TENON_ACCOUNT_CONNECTED" } });
    const { detail } = again.body as unknown as Problem;
    expect(detail).toContain(`"First" (${first.id})`);
    expect(detail).toContain("Reconnect that one, or disconnect or delete it first");
    await keyConnection("of-a-customer", { customer: "acme" });
    await keyConnection("of-ada", { customer: "acme", user: "ada" });
    await keyConnection("of-bob", { customer: "acme", user: "bob" });
    expect((await connect({ fields: { apiKey: "of-ada" }, customer: "acme", user: "ada" })).status).toBe(409);
    expect((await client.send("POST", `/connections/${first.id}/disconnect`)).status).toBe(200);
    await keyConnection("second-key");
  });

  test("is connected once when it is connected five times at once", async () => {
    vendor.accounts.set("at-once", ACCOUNT);
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => connect({ fields: { apiKey: "at-once" } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    expect((await client.get<Page>("/connections")).body.data).toHaveLength(1);
  });
});

describe("an edit", () => {
  test("keeps what is blank, and tries out what is new", async () => {
    const { id } = await keyConnection("before-edit");
    const path = `/connections/${id}`;
    const renamed = await client.send("PATCH", path, { name: "Renamed", fields: { apiKey: "" } });
    expect(renamed).toMatchObject({ status: 200, body: { name: "Renamed", secrets: ["apiKey"] } });
    expect(vendor.requests).toHaveLength(1);
    expect(await client.send("PATCH", path, { fields: { apiKey: "not-good" } })).toMatchObject({
      status: 400,
      body: { code: "TENON_VERIFICATION_FAILED" },
    });
    expect((await client.send("POST", `${path}/test`)).body).toMatchObject({ ok: true });
    vendor.accounts.set("after-edit", ACCOUNT);
    expect((await client.send("PATCH", path, { fields: { apiKey: "after-edit" } })).status).toBe(200);
    vendor.accounts.delete("before-edit");
    expect((await client.send("POST", `${path}/test`)).body).toMatchObject({ ok: true });
  });

  test("does not change the account", async () => {
    const { id } = await keyConnection("of-account-42");
    vendor.accounts.set("of-account-43", { id: "43", name: "Globex" });
    for (const [method, path] of [
      ["PATCH", ""],
      ["POST", "/reconnect"],
    ] as const) {
      const answer = await client.send<Problem>(method, `/connections/${id}${path}`, {
        fields: { apiKey: "of-account-43" },
      });
      expect(answer).toMatchObject({ status: 409, body: { code: "TENON_ACCOUNT_MISMATCH" } });
      expect(answer.body.detail).toContain("Globex");
    }
  });
});

describe("a test", () => {
  test("says how it went, and notes a refusal until the credential works again", async () => {
    const { id } = await keyConnection("tested-key");
    const path = `/connections/${id}`;
    vendor.accounts.delete("tested-key");
    expect((await client.send("POST", `${path}/test`)).body).toMatchObject({ ok: false, status: 401 });
    const refused = (await client.get(path)).body;
    expect(refused).toMatchObject({
      status: "reauthorize",
      problem: { code: "TENON_VERIFICATION_FAILED" },
      verification: { ok: false },
    });
    expect(JSON.stringify(refused)).not.toContain("tested-key");
    const [listed] = (await client.get<Page>("/connections?limit=1")).body.data;
    expect(listed).toEqual(refused);
    expect(listed?.["verification"]).toMatchObject({
      ok: false,
      status: 401,
      reason: expect.stringContaining("who are you") as string,
      at: expect.stringMatching(/Z$/) as string,
    });
    vendor.trouble = 503;
    expect((await client.send("POST", `${path}/test`)).body).toMatchObject({ ok: false, status: 503 });
    expect((await client.get(path)).body["status"]).toBe("reauthorize");
    vendor.trouble = null;
    vendor.accounts.set("tested-key", ACCOUNT);
    expect((await client.send("POST", `${path}/test`)).body).toMatchObject({ ok: true, status: 200 });
    expect((await client.get(path)).body).toMatchObject({ status: "healthy", problem: null });
    const types = (await client.get<Page>("/events?limit=2")).body.data.map(({ type }) => type);
    expect(types).toEqual(["connection.recovered", "connection.reauthorize"]);
  });

  test("of a provider that is away changes nothing", async () => {
    const { id } = await keyConnection("during-outage");
    vendor.trouble = 500;
    expect((await client.send("POST", `/connections/${id}/test`)).body).toMatchObject({
      ok: false,
      status: 500,
    });
    expect((await client.get(`/connections/${id}`)).body["status"]).toBe("healthy");
  });
});

describe("a reconnect", () => {
  test("keeps the id; of two at once one is stored whole", async () => {
    const { id } = await keyConnection("first-key");
    vendor.accounts.set("second-key", ACCOUNT);
    vendor.accounts.set("third-key", ACCOUNT);
    const reconnect = async (apiKey: string) =>
      client.send("POST", `/connections/${id}/reconnect`, { fields: { apiKey } });
    const answers = await Promise.all([reconnect("second-key"), reconnect("third-key")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body).toMatchObject({ connection: { id }, gainedScopes: [], lostScopes: [] });
    vendor.requests.length = 0;
    await client.send("POST", `/connections/${id}/test`);
    expect(["second-key", "third-key"]).toContain(vendor.requests[0]?.headers["x-key"]);
  });
});

describe("a reconnect of a disconnected connection", () => {
  const reconnect = async (id: string) =>
    client.send("POST", `/connections/${id}/reconnect`, { fields: { apiKey: "same-account" } });

  test.each([
    ["the organization", {}],
    ["a user", { customer: "acme", user: "ada" }],
  ])("of %s is refused while another one has the account, which it names", async (_who, owner) => {
    const first = await keyConnection("same-account", owner);
    await client.send("POST", `/connections/${first.id}/disconnect`);
    const second = await keyConnection("same-account", { ...owner, name: "The other" });
    const refused = await reconnect(first.id);
    expect(refused).toMatchObject({ status: 409, body: { code: "TENON_ACCOUNT_CONNECTED" } });
    expect((refused.body as unknown as Problem).detail).toContain(`"The other" (${second.id})`);
    expect((await client.get(`/connections/${first.id}`)).body["status"]).toBe("disconnected");
    expect((await client.send("DELETE", `/connections/${second.id}`)).status).toBe(204);
    expect((await reconnect(first.id)).status).toBe(200);
  });

  test("and one of another owner go together", async () => {
    const first = await keyConnection("same-account");
    await client.send("POST", `/connections/${first.id}/disconnect`);
    await keyConnection("same-account", { customer: "acme" });
    expect((await reconnect(first.id)).status).toBe(200);
  });

  test("leaves one connection of the account when two are reconnected at once", async () => {
    const first = await keyConnection("same-account");
    await client.send("POST", `/connections/${first.id}/disconnect`);
    const other = await keyConnection("same-account");
    await client.send("POST", `/connections/${other.id}/disconnect`);
    const answers = await Promise.all([reconnect(first.id), reconnect(other.id)]);
    expect(answers.map(({ status }) => status).toSorted((one, two) => one - two)).toEqual([200, 409]);
  });
});

describe("an app's own connection", () => {
  const connectAsApp = async () => connect({ method: "app" });

  test("needs an OAuth app that the provider takes", async () => {
    expect(await connectAsApp()).toMatchObject({ status: 409, body: { code: "TENON_OAUTH_APP_MISSING" } });
    const app = (
      await client.send("POST", "/oauth-apps", {
        connector: "vendor",
        ...VENDOR_APP,
        clientSecret: "wrong-secret",
      })
    ).body;
    const refused = await connectAsApp();
    expect(refused).toMatchObject({ status: 400, body: { code: "TENON_OAUTH_APP_REFUSED" } });
    expect(JSON.stringify(refused.body)).not.toContain("wrong-secret");
    await client.send("PATCH", `/oauth-apps/${app.id}`, { clientSecret: VENDOR_APP.clientSecret });
    const made = await connectAsApp();
    expect(made).toMatchObject({ status: 201, body: { status: "healthy", scopes: ["read"], secrets: [] } });
    expect(Date.parse(String(made.body["expiresAt"]))).toBeGreaterThan(Date.now() + 3_000_000);
    expect(await client.send("DELETE", `/oauth-apps/${app.id}`)).toMatchObject({
      status: 409,
      body: { code: "TENON_OAUTH_APP_IN_USE" },
    });
  });

  test("asks for the OAuth app's own scopes, and again when it is renewed", async () => {
    const asked = () =>
      vendor.requests
        .filter(({ url }) => url === "/token")
        .map(({ body }) => new URLSearchParams(body).get("scope"));
    const [app] = (await client.get<Page>("/oauth-apps?connector=vendor")).body.data;
    await client.send("PATCH", `/oauth-apps/${app?.id ?? ""}`, { scopes: ["read", "of-the-app"] });
    const { id } = (await connectAsApp()).body;
    expect(asked()).toEqual(["read of-the-app"]);
    await client.send("POST", `/connections/${id}/refresh`);
    expect(asked()).toEqual(["read of-the-app", "read of-the-app"]);
    await client.send("PATCH", `/oauth-apps/${app?.id ?? ""}`, { scopes: null });
    await client.send("POST", `/connections/${id}/refresh`);
    expect(asked().at(-1)).toBeNull();
  });

  test("says what is the matter when a token that was just issued is refused", async () => {
    const { id } = (await connectAsApp()).body;
    await client.send("POST", `/connections/${id}/refresh`);
    vendor.accounts.clear();
    vendor.requests.length = 0;
    const { body } = await client.send("POST", `/connections/${id}/test`);
    expect(body).toMatchObject({ ok: false, status: 401 });
    expect(body["reason"]).toMatch(/who are you.*issued seconds ago.*try again in ten seconds, or reconnect/);
    expect(vendor.requests.filter(({ url }) => url === "/token")).toEqual([]);
  });

  test("renews on demand, and again when a test finds the token ended", async () => {
    const { id } = (await connectAsApp()).body;
    const renewed = await client.send("POST", `/connections/${id}/refresh`);
    expect(renewed).toMatchObject({ status: 200, body: { status: "refreshed", message: null } });
    await forgetConnections(api, tenant);
    const other = (await connectAsApp()).body;
    vendor.accounts.clear();
    expect((await client.send("POST", `/connections/${other.id}/test`)).body).toMatchObject({ ok: true });
    expect(vendor.requests.filter(({ url }) => url === "/token")).toHaveLength(4);
    const plain = await keyConnection("nothing-to-renew");
    expect(await client.send("POST", `/connections/${plain.id}/refresh`)).toMatchObject({
      status: 409,
      body: { code: "TENON_NOTHING_TO_REFRESH" },
    });
  });

  test("is revoked at the provider when it is disconnected, and comes back by a reconnect", async () => {
    vendor.tokens.clear();
    const { id } = (await connectAsApp()).body;
    expect(vendor.tokens.size).toBe(1);
    const answer = await client.send("POST", `/connections/${id}/disconnect`);
    expect(answer).toMatchObject({
      status: 200,
      body: { revoked: true, reason: null, connection: { status: "disconnected", expiresAt: null } },
    });
    expect(vendor.tokens.size).toBe(0);
    expect((await client.send("POST", `/connections/${id}/test`)).status).toBe(409);
    expect((await client.send("POST", `/connections/${id}/refresh`)).status).toBe(409);
    expect(await client.send("POST", `/connections/${id}/reconnect`, {})).toMatchObject({
      status: 200,
      body: { connection: { id, status: "healthy" }, gainedScopes: ["read"] },
    });
  });

  test("is revoked at the provider when it is deleted", async () => {
    vendor.tokens.clear();
    const { id } = (await connectAsApp()).body;
    expect((await client.send("DELETE", `/connections/${id}`)).status).toBe(204);
    expect(vendor.tokens.size).toBe(0);
    expect((await client.get(`/connections/${id}`)).status).toBe(404);
  });
});

describe("a connection that is deleted or disconnected in the middle of a refresh", () => {
  test.each([
    ["DELETE", "", 204, { status: 404 }],
    ["POST", "/disconnect", 200, { status: 200, body: { status: "disconnected", expiresAt: null } }],
  ])("by %s%s does not come back, and no token of it is left", async (method, path, status, after) => {
    vendor.tokens.clear();
    const { id } = (await connect({ method: "app" })).body;
    const held = Promise.withResolvers<undefined>();
    vendor.requests.length = 0;
    vendor.held = held.promise;
    const refreshing = client.send("POST", `/connections/${id}/refresh`);
    await eventually("the provider is asked", async () =>
      Promise.resolve(vendor.requests.some(({ url }) => url === "/token")),
    );
    const ended = client.send(method, `/connections/${id}${path}`);
    expect((await ended).status).toBe(status);
    held.resolve(undefined);
    const refreshed = await refreshing;
    expect({ status: refreshed.status, came: refreshed.body["status"] }).not.toMatchObject({
      came: "refreshed",
    });
    expect(await client.get(`/connections/${id}`)).toMatchObject(after);
    await eventually("every token is revoked", async () => Promise.resolve(vendor.tokens.size === 0));
  });
});

describe("the audit trail", () => {
  test("names what was done to a connection, and by whom", async () => {
    const { id } = await keyConnection("audited-key");
    await client.send("POST", `/connections/${id}/test`);
    await client.send("POST", `/connections/${id}/disconnect`);
    await client.send("DELETE", `/connections/${id}`);
    const { body } = await client.get<Page>("/audit?resourceType=connection&limit=4");
    expect(body.data.map(({ action }) => action)).toEqual([
      "connection.delete",
      "connection.disconnect",
      "connection.test",
      "connection.create",
    ]);
    for (const event of body.data) {
      expect(event).toMatchObject({ actor: { type: "api_key", id: tenant.keyId }, resource: { id } });
      expect(event["sourceAddress"]).toBe("127.0.0.1");
    }
    expect(JSON.stringify(body)).not.toContain("audited-key");
  });
});

/** Everything that the tenant's tables of this part hold, as text. */
async function dump(): Promise<string> {
  return asOrganization(api.db.database, tenant.organizationId, async (sql) => {
    const rows = await Promise.all([
      sql`select * from connections where organization_id = ${tenant.organizationId}`,
      sql`select *, encode(data_sealed, 'escape') as text from credentials where organization_id = ${tenant.organizationId}`,
      sql`select * from audit_events where organization_id = ${tenant.organizationId}`,
      sql`select * from events where organization_id = ${tenant.organizationId}`,
    ]);
    return JSON.stringify(rows);
  });
}
