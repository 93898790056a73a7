import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { openText } from "#runtime/vault/open.ts";
import type { Client, Json, Page, Problem } from "./client.ts";
import { insertVersion } from "./fixtures.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
});
afterAll(async () => api.close());

describe("the organization", () => {
  test("is renamed, which is audited, and shown to whoever may read it", async () => {
    const own = await makeTenant(api);
    expect((await own.client.get("/organization")).body).toMatchObject({
      id: own.organizationId,
      name: "Test",
    });
    const renamed = await own.client.send("PATCH", "/organization", { name: "  Umbrella Ltd. " });
    expect(renamed).toMatchObject({ status: 200, body: { name: "Umbrella Ltd." } });
    expect((await own.client.get("/organization")).body).toEqual(renamed.body);
    expect((await client.get("/organization")).body["name"]).toBe("Test");
    const [audited] = (await own.client.get<Page>("/audit")).body.data;
    expect(audited).toMatchObject({
      action: "organization.update",
      resource: { type: "organization", id: own.organizationId },
      actor: { id: own.keyId },
      details: { fields: ["name"] },
    });
    for (const body of [{ name: " " }, {}, { name: "x".repeat(201) }, { name: "x", id: "y" }]) {
      expect((await own.client.send("PATCH", "/organization", body)).status).toBe(400);
    }
  });

  test("is not renamed by a key that may not, nor by a test key once there is production", async () => {
    const own = await makeTenant(api);
    const reader = await own.withKey({ scopes: ["organization:read"] });
    expect((await reader.get("/organization")).status).toBe(200);
    expect((await reader.send("PATCH", "/organization", { name: "x" })).status).toBe(403);
    const testing = await own.withKey({ kind: "test" });
    expect((await testing.send("PATCH", "/organization", { name: "By a test key" })).status).toBe(200);
    await own.client.send("POST", "/environments", { slug: "production", production: true });
    expect(await testing.send("PATCH", "/organization", { name: "x" })).toMatchObject({
      status: 403,
      body: { code: "TENON_TEST_KEY" },
    });
  });
});

describe("environments", () => {
  test("are created, read by id and slug, changed, listed and deleted", async () => {
    const created = await client.send("POST", "/environments", { slug: "staging" });
    expect(created).toMatchObject({
      status: 201,
      body: { slug: "staging", name: "staging", production: false },
    });
    const byId = await client.get(`/environments/${created.body.id}`);
    expect((await client.get("/environments/staging")).body).toEqual(byId.body);
    const changed = await client.send("PATCH", "/environments/staging", { name: "Staging" });
    expect(changed.body).toMatchObject({ name: "Staging", production: false });
    const page = await client.get<Page>("/environments");
    expect(page.body.data.map(({ id }) => id)).toContain(created.body.id);
    expect((await client.send("DELETE", "/environments/staging")).status).toBe(204);
    expect((await client.get("/environments/staging")).status).toBe(404);
  });

  test("say which field is taken", async () => {
    await client.send("POST", "/environments", { slug: "twice" });
    const answer = await client.send<Problem>("POST", "/environments", { slug: "twice" });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "TENON_CONFLICT", errors: [{ path: "slug" }] },
    });
  });

  test("are not deleted while something is live in them, unless forced", async () => {
    await client.send("POST", "/environments", { slug: "busy" });
    await client.send("POST", "/workflows", { slug: "live-in-busy" });
    await insertVersion(api, tenant, "live-in-busy");
    await client.send("POST", "/workflows/live-in-busy/deployments", { environment: "busy", version: 1 });
    const refused = await client.send<Problem>("DELETE", "/environments/busy");
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("live-in-busy");
    expect((await client.send("DELETE", "/environments/busy?force=true")).status).toBe(204);
  });
});

describe("variables", () => {
  test("are created once, put any number of times, and read by name", async () => {
    await client.send("POST", "/environments", { slug: "vars" });
    const created = await client.send("POST", "/environments/vars/variables", { name: "DAYS", value: "30" });
    expect(created).toMatchObject({
      status: 201,
      body: { name: "DAYS", value: "30", environment: { slug: "vars" } },
    });
    expect(
      (await client.send("POST", "/environments/vars/variables", { name: "DAYS", value: "1" })).status,
    ).toBe(409);
    expect(await client.send("PUT", "/environments/vars/variables/DAYS", { value: "45" })).toMatchObject({
      status: 200,
    });
    expect((await client.get("/environments/vars/variables/DAYS")).body).toMatchObject({ value: "45" });
    expect((await client.send("PUT", "/environments/vars/variables/NEW", { value: "" })).status).toBe(201);
    expect((await client.get<Page>("/environments/vars/variables")).body.data).toHaveLength(2);
    expect((await client.send("DELETE", "/environments/vars/variables/NEW")).status).toBe(204);
    expect((await client.send("DELETE", "/environments/vars/variables/NEW")).status).toBe(404);
  });
});

describe("secrets", () => {
  const VALUE = "sk_live_9f2c71d0a4";
  const stored = async (id: string) => {
    const [row] = await asOrganization(
      api.db.database,
      tenant.organizationId,
      async (sql) => sql<{ valueSealed: Buffer; version: number }[]>`
        select value_sealed, version from secrets where id = ${id}`,
    );
    const place = { organizationId: tenant.organizationId, table: "secrets", row: id, column: "value" };
    return row === undefined
      ? null
      : openText(api.parts.keyring, { ...place, version: row.version }, row.valueSealed);
  };

  test("are sealed, never answered, and open with the value that was put", async () => {
    await client.send("POST", "/environments", { slug: "vault" });
    const created = await client.send("POST", "/environments/vault/secrets", {
      name: "STRIPE_KEY",
      value: VALUE,
      hosts: ["api.stripe.com"],
    });
    expect(created).toMatchObject({
      status: 201,
      body: { version: 1, hosts: ["api.stripe.com"], warnings: [] },
    });
    expect(JSON.stringify(created.body)).not.toContain(VALUE);
    expect(await stored(created.body.id)).toBe(VALUE);

    const put = await client.send("PUT", "/environments/vault/secrets/STRIPE_KEY", {
      value: "another value",
    });
    expect(put).toMatchObject({ status: 200, body: { version: 2, hosts: ["api.stripe.com"] } });
    expect(await stored(created.body.id)).toBe("another value");

    const blank = await client.send("PUT", "/environments/vault/secrets/STRIPE_KEY", {
      value: "",
      reveal: true,
    });
    expect(blank.body).toMatchObject({ version: 2, reveal: true });
    expect(await stored(created.body.id)).toBe("another value");

    for (const path of ["/environments/vault/secrets", "/environments/vault/secrets/STRIPE_KEY", "/audit"]) {
      const text = JSON.stringify((await client.get(path)).body);
      expect(text).not.toContain(VALUE);
      expect(text).not.toContain("another value");
    }
  });

  test("warn of what they cannot do", async () => {
    const put = (name: string, body: unknown) =>
      client.send("PUT", `/environments/vault/secrets/${name}`, body);
    expect((await put("NO_HOSTS", { value: "long enough" })).body["warnings"]).toEqual([
      expect.stringContaining("no hosts") as string,
    ]);
    expect(
      (await put("PLAIN", { value: "long enough", hosts: ["http://10.0.0.1:8080"] })).body["warnings"],
    ).toEqual([expect.stringContaining("unencrypted") as string]);
    expect((await put("SHORT", { value: "abc", hosts: ["a.example"] })).body["warnings"]).toEqual([
      expect.stringContaining("shorter") as string,
    ]);
  });

  test("need a value when they are new", async () => {
    const answer = await client.send<Problem>("PUT", "/environments/vault/secrets/NOTHING", {
      hosts: ["a.example"],
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "value" }] } });
  });

  test("are overridden for a customer without touching the environment's own", async () => {
    await client.send("POST", "/customers", { slug: "acme" });
    const own = await client.send("PUT", "/environments/vault/secrets/ERP", { value: "own value" });
    const override = await client.send("PUT", "/environments/vault/secrets/ERP?customer=acme", {
      value: "of acme",
    });
    expect(override).toMatchObject({ status: 201, body: { customer: { slug: "acme" } } });
    expect(own.body["customer"]).toBeNull();
    expect((await client.get<Page>("/environments/vault/secrets?customer=acme")).body.data).toHaveLength(1);
    expect((await client.send("DELETE", "/environments/vault/secrets/ERP?customer=acme")).status).toBe(204);
    expect((await client.get("/environments/vault/secrets/ERP")).status).toBe(200);
  });

  test("put at the same time end as one of the values, and none is lost in a mixture", async () => {
    await client.send("PUT", "/environments/vault/secrets/RACE", { value: "value 0" });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        client.send("PUT", "/environments/vault/secrets/RACE", { value: `value ${String(index + 1)}` }),
      ),
    );
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const { body } = await client.get("/environments/vault/secrets/RACE");
    expect(await stored(body.id)).toMatch(/^value [1-6]$/);
  });
});

describe("customers", () => {
  test("keep their facts, and forget only what they are told to", async () => {
    const created = await client.send("POST", "/customers", {
      slug: "globex",
      externalId: "42",
      metadata: { plan: "pro", nested: { seats: [1, 2] } },
    });
    expect(created).toMatchObject({ status: 201, body: { externalId: "42", status: "active" } });
    const changed = await client.send("PATCH", "/customers/globex", {
      status: "suspended",
      externalId: null,
    });
    expect(changed.body).toMatchObject({
      status: "suspended",
      externalId: null,
      metadata: { plan: "pro", nested: { seats: [1, 2] } },
    });
    expect((await client.get<Page>("/customers?status=suspended")).body.data).toHaveLength(1);
    expect((await client.send("DELETE", "/customers/globex")).status).toBe(204);
  });
});

describe("workflows", () => {
  test("show their newest version and are listed by status", async () => {
    const created = await client.send("POST", "/workflows", { slug: "sync", name: "Sync" });
    expect(created).toMatchObject({ status: 201, body: { latestVersion: null, status: "active" } });
    await insertVersion(api, tenant, "sync");
    await insertVersion(api, tenant, "sync");
    expect((await client.get("/workflows/sync")).body).toMatchObject({ latestVersion: 2 });
    await client.send("PATCH", "/workflows/sync", { status: "inactive" });
    const inactive = await client.get<Page>("/workflows?status=inactive");
    expect(inactive.body.data).toMatchObject([{ slug: "sync" }]);
  });

  test("have versions that are found by number and by id, with their source on request", async () => {
    await client.send("POST", "/workflows", { slug: "versioned" });
    const id = await insertVersion(api, tenant, "versioned");
    const byNumber = await client.get("/workflows/versioned/versions/1");
    expect(byNumber).toMatchObject({ status: 200, body: { id, number: 1, manifest: { tier: "standard" } } });
    expect((await client.get(`/workflows/versioned/versions/${id}`)).body).toEqual(byNumber.body);
    expect(byNumber.body).not.toHaveProperty("source");
    expect((await client.get("/workflows/versioned/versions/1?include=source")).body["source"]).toContain(
      "export",
    );
    expect((await client.get("/workflows/versioned/versions/2")).status).toBe(404);
    expect((await client.get("/workflows/versioned/versions/latest")).status).toBe(404);
  });

  test("are deployed, and rolled back by deploying an older version", async () => {
    await client.send("POST", "/environments", { slug: "target" });
    await client.send("POST", "/workflows", { slug: "deployed" });
    await insertVersion(api, tenant, "deployed");
    await insertVersion(api, tenant, "deployed");
    const deploy = (version: number | string) =>
      client.send("POST", "/workflows/deployed/deployments", { environment: "target", version });
    expect(await deploy(2)).toMatchObject({ status: 201, body: { version: 2, live: true, endedAt: null } });
    expect(await deploy(1)).toMatchObject({ status: 201, body: { version: 1, live: true } });
    const all = await client.get<Page>("/workflows/deployed/deployments");
    expect(all.body.data).toMatchObject([
      { version: 1, live: true },
      { version: 2, live: false },
    ]);
    expect((await client.get<Page>("/deployments?environment=target&live=true")).body.data).toHaveLength(1);
    expect((await deploy(3)).status).toBe(404);
    expect((await client.send("DELETE", "/workflows/deployed")).status).toBe(409);
    expect((await client.send("DELETE", "/workflows/deployed?force=true")).status).toBe(204);
  });

  test("need deploy_prod for production and deploy_test elsewhere", async () => {
    await client.send("POST", "/environments", { slug: "prod", production: true });
    await client.send("POST", "/workflows", { slug: "guarded" });
    await insertVersion(api, tenant, "guarded");
    const tester = await tenant.withKey({
      scopes: ["workflows:read", "workflows:deploy_test", "workflows:update"],
    });
    const deploy = (environment: string, by: Client) =>
      by.send<Problem>("POST", "/workflows/guarded/deployments", { environment, version: 1 });
    expect((await deploy("target", tester)).status).toBe(201);
    expect((await deploy("prod", tester)).body.detail).toContain("workflows:deploy_prod");
    expect((await deploy("prod", client)).status).toBe(201);
    const testKey = await tenant.withKey({ kind: "test" });
    expect(await testKey.send("PATCH", "/workflows/guarded", { status: "inactive" })).toMatchObject({
      status: 403,
    });
    expect(await testKey.send("DELETE", "/workflows/guarded?force=true")).toMatchObject({ status: 403 });
    expect((await testKey.get<Page>("/deployments?workflow=guarded")).body.data).toHaveLength(1);
  });
});

describe("lists", () => {
  test("give every row exactly once, newest first, page by page", async () => {
    const other = await makeTenant(api);
    const created: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      created.unshift(
        (await other.client.send("POST", "/customers", { slug: `customer-${String(index)}` })).body.id,
      );
    }
    const seen: Json[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await other.client.get<Page>(`/customers?limit=3${query}`);
      seen.push(...body.data);
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen.map(({ id }) => id)).toEqual(created);
  });
});

describe("the audit trail", () => {
  test("has one event for each change, with who, where and what, and no value", async () => {
    const other = await makeTenant(api);
    await other.client.send("POST", "/environments", { slug: "audited" }, { "x-request-id": "my-request-1" });
    await other.client.send("PUT", "/environments/audited/secrets/TOKEN", { value: "hidden value" });
    await other.client.send("DELETE", "/environments/audited");
    const { body } = await other.client.get<Page>("/audit");
    expect(body.data.map((event) => event["action"])).toEqual([
      "environment.delete",
      "secret.update",
      "environment.create",
    ]);
    expect(body.data[2]).toMatchObject({
      actor: { type: "api_key", id: other.keyId },
      outcome: "success",
      sourceAddress: "127.0.0.1",
      requestId: "my-request-1",
      resource: { type: "environment" },
    });
    const since = new Date(Date.now() + 60_000).toISOString();
    expect((await other.client.get<Page>(`/audit?after=${since}`)).body.data).toEqual([]);
    expect(
      (await other.client.get<Page>(`/audit?actor=${other.keyId}&resourceType=secret`)).body.data,
    ).toHaveLength(1);
  });
});
