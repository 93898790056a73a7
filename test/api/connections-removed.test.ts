import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { rotate } from "#runtime/vault/rotate.ts";
import { startRevocations } from "#runtime/worker/revoke.ts";
import { eventually } from "#test/support/product.ts";
import type { Client, Json, Page } from "./client.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";
import { VENDOR_APP, startVendor, vendorConnector } from "./vendor.ts";
import type { Vendor } from "./vendor.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
let vendor: Vendor;

beforeAll(async () => {
  api = await startApi();
  vendor = await startVendor();
});
afterAll(async () => {
  await vendor.close();
  await api.close();
});
afterEach(async () => {
  // What a test has left waiting is no work of the next one's.
  await asOrganization(api.db.database, tenant.organizationId, async (sql) => {
    await sql`delete from revocations where organization_id = ${tenant.organizationId}`;
  });
});
beforeEach(async () => {
  tenant = await makeTenant(api);
  ({ client } = tenant);
  vendor.tokens.clear();
  vendor.requests.length = 0;
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/customers", { slug: "acme" });
  await client.send("POST", "/connectors", { definition: vendorConnector(vendor) });
  // The environment's own: it goes together with it.
  await client.send("POST", "/oauth-apps", { connector: "vendor", environment: "dev", ...VENDOR_APP });
});

async function connect(body: object): Promise<Json> {
  const answer = await client.send("POST", "/connections", {
    connector: "vendor",
    environment: "dev",
    verify: false,
    ...body,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function waiting(): Promise<readonly { dueInSeconds: number; attempts: number }[]> {
  return asOrganization(
    api.db.database,
    tenant.organizationId,
    (sql) => sql<{ dueInSeconds: number; attempts: number }[]>`
      select extract(epoch from due_at - now())::float8 as due_in_seconds, attempts from revocations
      where organization_id = ${tenant.organizationId} order by due_at`,
  );
}

async function worked(until: () => Promise<boolean>): Promise<void> {
  const revoking = startRevocations(api.parts, 20);
  try {
    await eventually("the workers have revoked", until);
  } finally {
    await revoking.stop();
  }
}

describe.each([
  ["a customer", { customer: "acme" }, "/customers/acme", "customer.delete"],
  ["an environment", {}, "/environments/dev", "environment.delete"],
])("the deletion of %s", (_what, owner, path, cause) => {
  test("ends its connections' tokens at the provider, tells the subscribers and is audited", async () => {
    const app = await connect({ method: "app", ...owner, name: "As the app" });
    const key = await connect({ method: "key", ...owner, fields: { apiKey: "some-key" } });
    const hook = await client.send("POST", "/webhook-endpoints", {
      url: "https://hooks.example.com/tenon",
      events: ["connection.deleted"],
    });
    expect(hook.status).toBe(201);
    expect(vendor.tokens.size).toBe(1);
    expect((await client.send("DELETE", path)).status).toBe(204);
    // A deletion waits for no provider.
    expect(vendor.requests.filter(({ url }) => url === "/revoke")).toEqual([]);
    await worked(async () => (await waiting()).length === 0);
    expect(vendor.tokens.size).toBe(0);
    expect(vendor.requests.filter(({ url }) => url === "/revoke")).toHaveLength(1);

    const events = (await client.get<Page>("/events?type=connection.deleted")).body.data;
    expect(new Set(events.map(({ data }) => (data as Json)["connectionId"]))).toEqual(
      new Set([app.id, key.id]),
    );
    expect(events.find(({ data }) => (data as Json)["connectionId"] === app.id)?.["data"]).toMatchObject({
      name: "As the app",
      connector: "vendor",
      owner: "customer" in owner ? "customer" : "organization",
      problem: null,
    });
    const deliveries = (await client.get<Page>(`/webhook-endpoints/${hook.body.id}/deliveries`)).body.data;
    expect(new Set(deliveries.map(({ eventId }) => eventId))).toEqual(new Set(events.map(({ id }) => id)));

    const audit = (await client.get<Page>("/audit?resourceType=connection&limit=10")).body.data;
    expect(audit.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["credential.revoke", "success"],
      ["connection.delete", "success"],
      ["connection.delete", "success"],
      ["connection.create", "success"],
      ["connection.create", "success"],
    ]);
    expect(audit[0]).toMatchObject({ actor: { type: "system" }, details: { cause, attempts: 1 } });
    expect(audit[1]).toMatchObject({ actor: { type: "api_key", id: tenant.keyId }, details: { cause } });
  });

  test("is not held up by a provider that does not answer, and its tokens are tried again later", async () => {
    await connect({ method: "app", ...owner });
    await vendor.close();
    try {
      expect((await client.send("DELETE", path)).status).toBe(204);
      await worked(async () =>
        (await waiting()).some(({ attempts, dueInSeconds }) => attempts === 1 && dueInSeconds > 20),
      );
      expect(await waiting()).toHaveLength(1);
    } finally {
      vendor = await startVendor();
    }
  });
});

test("a customer with thousands of connections is deleted at once", async () => {
  const { id: template } = await connect({ method: "app", customer: "acme" });
  const { organizationId } = tenant;
  const copies = Array.from({ length: 3_000 }, () => newId());
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`
      insert into connections (id, organization_id, environment_id, connector, method, name, owner, customer_id, status)
      select t.id, c.organization_id, c.environment_id, c.connector, c.method, c.name, c.owner, c.customer_id, c.status
      from connections c, unnest(${copies}::uuid[]) as t (id)
      where c.organization_id = ${organizationId} and c.id = ${template}`;
    await sql`
      insert into credentials (connection_id, organization_id, connector, oauth_app_id, data_sealed)
      select t.id, k.organization_id, k.connector, k.oauth_app_id, k.data_sealed
      from credentials k, unnest(${copies}::uuid[]) as t (id)
      where k.organization_id = ${organizationId} and k.connection_id = ${template}`;
  });
  expect((await client.send("DELETE", "/customers/acme")).status).toBe(204);
  expect(await waiting()).toHaveLength(3_001);
  expect((await client.get<Page>("/connections")).body.data).toEqual([]);
});

test("a customer that is deleted while its connections are renewed leaves no token", async () => {
  const users = Array.from({ length: 8 }, (_, index) => `user-${String(index)}`);
  const ids: string[] = [];
  for (const user of users) {
    ids.push((await connect({ method: "app", customer: "acme", user })).id);
  }
  const held = Promise.withResolvers<undefined>();
  vendor.held = held.promise;
  vendor.requests.length = 0;
  const renewals = ids.map(async (id) => client.send("POST", `/connections/${id}/refresh`));
  await eventually("the provider is asked", async () => vendor.requests.some(({ url }) => url === "/token"));
  expect((await client.send("DELETE", "/customers/acme")).status).toBe(204);
  held.resolve(undefined);
  await Promise.all(renewals);
  await worked(async () => (await waiting()).length === 0 && vendor.tokens.size === 0);
  expect((await client.get<Page>("/connections")).body.data).toEqual([]);
});

test("tokens that wait to be revoked are sealed anew by a rotation of keys", async () => {
  await connect({ method: "app", customer: "acme" });
  expect((await client.send("DELETE", "/customers/acme")).status).toBe(204);
  const { database, masterKey } = api.db;
  const report = await rotate(
    { database, masterKey, previousMasterKey: null },
    { signal: new AbortController().signal, onProgress: () => undefined, settleMs: 0 },
  );
  expect(report).toMatchObject({ unreadableValues: 0, interrupted: false });
  expect(report.resealedValues).toBeGreaterThanOrEqual(2);
  await worked(async () => (await waiting()).length === 0);
  expect(vendor.tokens.size).toBe(0);
});

test("tokens of an account that was connected again meanwhile are left alone", async () => {
  await connect({ method: "app", customer: "acme", verify: true });
  expect((await client.send("DELETE", "/customers/acme")).status).toBe(204);
  await client.send("POST", "/customers", { slug: "acme" });
  await connect({ method: "app", customer: "acme", verify: true });
  await worked(async () => (await waiting()).length === 0);
  expect(vendor.requests.filter(({ url }) => url === "/revoke")).toEqual([]);
  const [audited] = (await client.get<Page>("/audit?action=credential.revoke")).body.data;
  expect(audited).toMatchObject({
    outcome: "failed",
    details: { reason: expect.stringContaining("again") as string },
  });
});

test("tokens that wait to be revoked go with their connector: another one of its name is never sent them", async () => {
  await connect({ method: "app", customer: "acme" });
  expect((await client.send("DELETE", "/customers/acme")).status).toBe(204);
  expect(await waiting()).toHaveLength(1);
  expect((await client.send("DELETE", "/connectors/vendor")).status).toBe(204);
  expect(await waiting()).toEqual([]);
  const [audited] = (await client.get<Page>("/audit?action=connector.delete")).body.data;
  expect(audited).toMatchObject({ details: { slug: "vendor", unrevoked: 1 } });
});
