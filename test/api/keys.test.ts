import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashApiKey, isApiKey, makeApiKey } from "#runtime/keys.ts";
import { createClient } from "./client.ts";
import type { Json, Page, Problem } from "./client.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
});
afterAll(async () => api.close());

const whoAmI = async (headers: Record<string, string>) => {
  const response = await fetch(`${api.url}/api/v1/api-keys/current`, { headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Problem & { organization: Json },
  };
};

describe("the making of a key", () => {
  test("gives a key whose checksum notices a typing error in any place", () => {
    const { key, hash, preview } = makeApiKey("live");
    expect(key).toMatch(/^tn_live_[0-9A-Za-z]{39}$/);
    expect(hash).toEqual(hashApiKey(key));
    expect(preview).toBe(`${key.slice(0, 12)}…${key.slice(-4)}`);
    expect(isApiKey(key)).toBe(true);
    for (let place = 0; place < key.length; place += 1) {
      const typo = key.slice(0, place) + (key[place] === "a" ? "b" : "a") + key.slice(place + 1);
      expect(isApiKey(typo)).toBe(false);
    }
  });

  test("never gives the same key twice", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => makeApiKey("test").key)).size).toBe(1_000);
  });
});

describe("authentication", () => {
  test.each(["authorization", "x-api-key", "x-fastn-api-key"])("takes the key in %s", async (name) => {
    const answer = await whoAmI({ [name]: name === "authorization" ? `Bearer ${tenant.key}` : tenant.key });
    expect(answer.status).toBe(200);
    expect(answer.body.organization.id).toBe(tenant.organizationId);
  });

  test("takes the same key in several headers, and refuses different ones", async () => {
    expect((await whoAmI({ authorization: `Bearer ${tenant.key}`, "x-api-key": tenant.key })).status).toBe(
      200,
    );
    const other = await makeTenant(api);
    const answer = await whoAmI({ authorization: `Bearer ${tenant.key}`, "x-api-key": other.key });
    expect(answer).toMatchObject({ status: 401, body: { code: "TENON_UNAUTHORIZED" } });
  });

  test.each([
    ["no key", {}],
    ["another scheme", { authorization: "Basic dGVub246dGVub24=" }],
    ["an empty bearer", { authorization: "Bearer " }],
    ["a typing error", { authorization: "Bearer tn_live_0000000000000000000000000000000000000000" }],
    ["a key of nobody", { authorization: `Bearer ${makeApiKey("live").key}` }],
  ])("refuses %s with 401 and says how to send one", async (_, headers) => {
    const answer = await whoAmI(headers);
    expect(answer).toMatchObject({ status: 401, body: { code: "TENON_UNAUTHORIZED", status: 401 } });
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
  });

  test("tells revoked and expired keys apart", async () => {
    const revoked = await tenant.withKey({ revokedAt: new Date() });
    const expired = await tenant.withKey({ expiresAt: new Date(Date.now() - 1_000) });
    expect(await revoked.get("/api-keys/current")).toMatchObject({
      status: 401,
      body: { code: "TENON_KEY_REVOKED" },
    });
    expect(await expired.get("/api-keys/current")).toMatchObject({
      status: 401,
      body: { code: "TENON_KEY_EXPIRED" },
    });
  });

  test("notes when a key was last used", async () => {
    const { client, keyId } = await makeTenant(api);
    await client.get("/api-keys/current");
    await expect
      .poll(async () => (await client.get(`/api-keys/${keyId}`)).body["lastUsedAt"])
      .toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});

describe("API keys", () => {
  test("are shown once, stored as a hash, and work until they are revoked", async () => {
    const created = await tenant.client.send("POST", "/api-keys", {
      name: "ci",
      kind: "test",
      scopes: ["workflows:read"],
    });
    expect(created.status).toBe(201);
    const key = created.body["key"] as string;
    const client = createClient(api.url, key);
    expect((await client.get("/workflows")).status).toBe(200);
    const shown = await tenant.client.get(`/api-keys/${created.body.id}`);
    expect(JSON.stringify(shown.body)).not.toContain(key);
    expect(shown.body).not.toHaveProperty("hash");
    expect((await tenant.client.send("DELETE", `/api-keys/${created.body.id}`)).status).toBe(204);
    expect((await tenant.client.send("DELETE", `/api-keys/${created.body.id}`)).status).toBe(204);
    expect(await client.get("/workflows")).toMatchObject({
      status: 401,
      body: { code: "TENON_KEY_REVOKED" },
    });
    const { body } = await tenant.client.get<Page>("/audit?resourceType=api-key&action=api-key.revoke");
    expect(body.data).toHaveLength(1);
  });

  test("cannot grant what they lack", async () => {
    const limited = await tenant.withKey({ scopes: ["api-keys:manage", "secrets:manage"] });
    const granted = await limited.send("POST", "/api-keys", {
      name: "less",
      kind: "live",
      scopes: ["secrets:read"],
    });
    expect(granted.status).toBe(201);
    const more = await limited.send<Problem>("POST", "/api-keys", {
      name: "more",
      kind: "live",
      scopes: ["*"],
    });
    expect(more).toMatchObject({ status: 403, body: { code: "TENON_FORBIDDEN" } });
    const testKey = await tenant.withKey({ kind: "test" });
    const live = await testKey.send<Problem>("POST", "/api-keys", { name: "live", kind: "live" });
    expect(live).toMatchObject({ status: 403, body: { code: "TENON_TEST_KEY" } });
    const shortLived = await tenant.withKey({ expiresAt: new Date(Date.now() + 60_000) });
    const eternal = await shortLived.send("POST", "/api-keys", {
      name: "eternal",
      kind: "live",
      expiresAt: null,
    });
    expect(eternal.status).toBe(403);
  });

  test("inherit scopes and expiry of the key that creates them", async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    const limited = await tenant.withKey({ scopes: ["api-keys:manage"], expiresAt });
    const child = await limited.send("POST", "/api-keys", { name: "child", kind: "live" });
    expect(child.body).toMatchObject({ scopes: ["api-keys:manage"], expiresAt: expiresAt.toISOString() });
  });
});

describe("permission", () => {
  test("is needed for each route, and a refusal is audited", async () => {
    const reader = await tenant.withKey({ scopes: ["environments:read"] });
    expect((await reader.get("/environments")).status).toBe(200);
    const denied = await reader.send<Problem>("POST", "/environments", { slug: "nope" });
    expect(denied).toMatchObject({ status: 403, body: { code: "TENON_FORBIDDEN" } });
    expect(denied.body.detail).toContain("environments:manage");
    await expect
      .poll(
        async () =>
          (await tenant.client.get<Page>("/audit?outcome=denied&action=environment.create")).body.data,
      )
      .toHaveLength(1);
  });

  test("comes before validation: a key that may not is told nothing about the body", async () => {
    const reader = await tenant.withKey({ scopes: ["environments:read"] });
    expect((await reader.send("POST", "/environments", { wrong: true })).status).toBe(403);
  });

  test("manage includes read", async () => {
    const manager = await tenant.withKey({ scopes: ["customers:manage"] });
    expect((await manager.get("/customers")).status).toBe(200);
    expect((await manager.get("/workflows")).status).toBe(403);
  });
});

describe("a test key", () => {
  test("reaches no production environment, and cannot make one", async () => {
    const client = await tenant.withKey({ kind: "test" });
    await tenant.client.send("POST", "/environments", { slug: "prod", production: true });
    await tenant.client.send("POST", "/environments", { slug: "dev" });
    const attempts: [string, string, unknown?][] = [
      ["GET", "/environments/prod"],
      ["GET", "/environments/prod/secrets"],
      ["GET", "/environments/prod/variables"],
      ["PUT", "/environments/prod/variables/A", { value: "1" }],
      ["PUT", "/environments/prod/secrets/A", { value: "1" }],
      ["DELETE", "/environments/prod?force=true"],
      ["PATCH", "/environments/dev", { production: true }],
      ["PATCH", "/environments/prod", { production: false }],
      ["POST", "/environments", { slug: "prod-2", production: true }],
      ["GET", "/runs?environment=prod"],
      ["GET", "/deployments?environment=prod"],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await client.send<Problem>(method, path, body);
      expect({ path, status: answer.status, code: answer.body.code }).toEqual({
        path,
        status: 403,
        code: "TENON_TEST_KEY",
      });
    }
    expect((await client.get("/environments/dev")).status).toBe(200);
  });
});
