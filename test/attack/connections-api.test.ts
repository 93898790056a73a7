import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Client, Json, Page, Problem } from "#test/api/client.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";
import { VENDOR_APP, startVendor, vendorConnector } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";

let api: TestApi;
let tenant: Tenant;
let client: Client;
let vendor: Vendor;

beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  ({ client } = tenant);
  vendor = await startVendor();
  await client.send("POST", "/environments", { slug: "live", production: true });
  await client.send("POST", "/environments", { slug: "trial" });
  await client.send("POST", "/connectors", { definition: vendorConnector(vendor) });
  await client.send("POST", "/connectors", { definition: HOSTED });
});
afterAll(async () => {
  await vendor.close();
  await api.close();
});
beforeEach(() => {
  vendor.requests.length = 0;
});

/** A product that people host themselves, and one at a subdomain. */
const HOSTED = {
  slug: "hosted",
  name: "Hosted",
  hosts: ["{server}", "{shop}.hosted.example"],
  baseUrl: "https://{server}/api/{folder}",
  fields: {
    server: { label: "Server", format: "hostname" as const },
    shop: { label: "Shop", format: "label" as const },
    folder: { label: "Folder", default: "v1" },
  },
  auth: [{ id: "key", type: "api-key" as const, label: "API key", name: "X-Key" }],
  verification: { path: "/me", account: { id: "id" } },
};

const KEY = "canary-key-51c0";
const GOOD = { server: "crm.example.com", shop: "acme", apiKey: KEY };

const connectHosted = async (fields: object) =>
  client.send<Json & Problem>("POST", "/connections", {
    connector: "hosted",
    environment: "trial",
    fields: { ...GOOD, ...fields },
    verify: false,
  });

describe("fields that stand in a host", () => {
  test.each([
    "evil.com/",
    "evil.com#",
    "evil.com?",
    "evil.com\\",
    "127.0.0.1",
    "127.0.0.1#",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "[::1]",
    "localhost",
    "crm.example.com:8443",
    "user@crm.example.com",
    "user:pass@crm.example.com",
    "https://crm.example.com",
    "crm.example.com\r\nHost: evil.com",
    "crm..example.com",
    "*.example.com",
    "crm.exam\u3002ple.com",
    "\uff43rm.example.com",
    "{shop}.example.com",
    " crm.example.com",
  ])("do not take the server %j", async (server) => {
    const answer = await connectHosted({ server });
    expect({ status: answer.status, path: answer.body.errors[0]?.path }).toEqual({
      status: 400,
      path: "fields.server",
    });
    expect(JSON.stringify(answer.body)).not.toContain(KEY);
  });

  test.each([
    "evil.com/",
    "evil.com",
    "a.b",
    "127.0.0.1#",
    "a@b",
    "x\r\n.y",
    "-a",
    "a_b",
    "\u0430cme",
    "a".repeat(64),
  ])("do not take the shop %j", async (shop) => {
    const answer = await connectHosted({ shop });
    expect({ status: answer.status, path: answer.body.errors[0]?.path }).toEqual({
      status: 400,
      path: "fields.shop",
    });
  });

  test("of the path stay in the path", async () => {
    for (const folder of ["../../admin", "..", "v1/../x"]) {
      const answer = await connectHosted({ folder });
      // Percent-encoded it is one segment; as a whole segment of dots it would climb.
      expect([201, 400]).toContain(answer.status);
      expect({ folder, refused: answer.status === 400 }).toEqual({ folder, refused: folder === ".." });
    }
  });
});

describe("a stored secret", () => {
  test("does not follow an edit to another host", async () => {
    const { id } = (await connectHosted({})).body;
    const edit = async (fields: object) =>
      client.send<Problem>("PATCH", `/connections/${id}`, { fields, verify: false });
    for (const fields of [
      { server: "evil.example" },
      { shop: "evil" },
      { server: "evil.example", apiKey: "" },
    ]) {
      const answer = await edit(fields);
      expect(answer).toMatchObject({ status: 400, body: { code: "TENON_CREDENTIAL_NEEDED" } });
      expect(answer.body.errors).toEqual([{ path: "fields.apiKey", message: "must be sent again" }]);
    }
    const unchanged = (await client.get(`/connections/${id}`)).body;
    expect(unchanged).toMatchObject({ fields: { server: "crm.example.com", shop: "acme" } });
    expect((await edit({ folder: "v2" })).status).toBe(200);
    expect((await edit({ server: "other.example", apiKey: "typed again" })).status).toBe(200);
  });

  test("is not echoed by a provider's refusal, in whatever spelling", async () => {
    const secret = 'canary "quoted" & key/51+c0';
    const answer = await client.send<Problem>("POST", "/connections", {
      connector: "vendor",
      environment: "trial",
      method: "query-key",
      fields: { apiKey: secret },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: "TENON_VERIFICATION_FAILED" } });
    expect(vendor.requests).toHaveLength(1);
    const text = JSON.stringify(answer.body);
    for (const spelling of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      "51+c0",
    ]) {
      expect(text).not.toContain(spelling);
    }
  });
});

describe("a pasted value", () => {
  test.each([
    ["a line break", "key\r\nX-Admin: true"],
    ["a lone line feed", "key\nX-Admin: true"],
    ["a lone carriage return", "key\rX-Admin: true"],
    ["a vertical tab", "key\u000bX"],
    ["an escape", "key\u001b[2J"],
    ["a delete", "key\u007f"],
  ])("with %s begins no header of its own", async (_, apiKey) => {
    for (const method of ["key", "query-key"]) {
      const body = { connector: "vendor", environment: "trial", method, fields: { apiKey }, verify: false };
      const answer = await client.send<Problem>("POST", "/connections", body);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "fields.apiKey" }] } });
    }
    const basic = await client.send<Problem>("POST", "/connections", {
      connector: "vendor",
      environment: "trial",
      method: "basic",
      fields: { username: apiKey, password: "p" },
    });
    expect(basic.status).toBe(400);
    expect(vendor.requests).toEqual([]);
  });

  test("with NUL, half a character or a prototype is refused", async () => {
    const send = async (fields: string) =>
      client.send(
        "POST",
        "/connections",
        `{"connector":"vendor","environment":"trial","verify":false,"fields":${fields}}`,
      );
    expect((await send(String.raw`{"apiKey":"a\u0000b"}`)).status).toBe(400);
    expect((await send(String.raw`{"apiKey":"a\ud800b"}`)).status).toBe(400);
    expect((await send('{"apiKey":"a","__proto__":{"polluted":"b"}}')).body["secrets"]).toEqual(["apiKey"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect((await send('{"apiKey":"a","constructor":"b"}')).status).toBe(400);
    expect((await send('{"apiKey":["a"]}')).status).toBe(400);
  });
});

describe("a leaked test key", () => {
  let testKey: Client;
  let live: string;
  let liveApp: string;

  beforeAll(async () => {
    testKey = await tenant.withKey({ kind: "test" });
    vendor.accounts.set(KEY, { id: "42", name: "Acme" });
    const made = await client.send("POST", "/connections", {
      connector: "vendor",
      environment: "live",
      fields: { apiKey: KEY },
    });
    live = made.body.id;
    const app = await client.send("POST", "/oauth-apps", {
      connector: "vendor",
      environment: "live",
      ...VENDOR_APP,
    });
    liveApp = app.body.id;
  });

  const refused = async (method: string, path: string, body?: unknown) => {
    const answer = await testKey.send<Problem>(method, path, body);
    expect({ path, status: answer.status, code: answer.body.code }).toEqual({
      path,
      status: 403,
      code: "TENON_TEST_KEY",
    });
  };

  test("does not reach a connection in production", async () => {
    const path = `/connections/${live}`;
    await refused("GET", path);
    await refused("GET", `${path}/used-by`);
    await refused("PATCH", path, { name: "x" });
    await refused("DELETE", `${path}?force=true`);
    await refused("POST", `${path}/test`);
    await refused("POST", `${path}/refresh`);
    await refused("POST", `${path}/disconnect`);
    await refused("POST", `${path}/reconnect`, { fields: { apiKey: "planted" }, verify: false });
    const planted = { connector: "vendor", environment: "live", fields: { apiKey: "x" }, verify: false };
    await refused("POST", "/connections", planted);
    await refused("POST", "/connections/authorize", {
      connector: "vendor",
      method: "app",
      environment: "live",
    });
    expect((await testKey.get<Page>("/connections")).body.data.map(({ id }) => id)).not.toContain(live);
  });

  test("does not delete or change a customer who is connected in production", async () => {
    for (const slug of ["connected-live", "connected-trial"]) {
      await client.send("POST", "/customers", { slug });
      const environment = slug === "connected-live" ? "live" : "trial";
      const made = await client.send("POST", "/connections", {
        connector: "vendor",
        environment,
        customer: slug,
        fields: { apiKey: KEY },
      });
      expect(made.status).toBe(201);
    }
    await refused("PATCH", "/customers/connected-live", { status: "suspended" });
    await refused("DELETE", "/customers/connected-live");
    expect((await testKey.send("DELETE", "/customers/connected-trial")).status).toBe(204);
  });

  test("does not lead credentials of production elsewhere by another connector or app", async () => {
    const definition = { ...vendorConnector(vendor), hosts: [vendor.origin, "evil.example"] };
    await refused("PUT", "/connectors/vendor", { definition, acceptBreaking: true });
    await refused("DELETE", "/connectors/vendor");
    await refused("GET", `/oauth-apps/${liveApp}`);
    await refused("PATCH", `/oauth-apps/${liveApp}`, { clientId: "of-attacker" });
    await refused("DELETE", `/oauth-apps/${liveApp}`);
    const app = { connector: "vendor", clientId: "of-attacker", clientSecret: "x" };
    await refused("POST", "/oauth-apps", app);
    await refused("POST", "/oauth-apps", { ...app, environment: "live" });
    expect((await testKey.send("POST", "/oauth-apps", { ...app, environment: "trial" })).status).toBe(201);
    expect((await testKey.get<Page>("/oauth-apps")).body.data.map(({ id }) => id)).not.toContain(liveApp);
  });
});

describe("scopes", () => {
  test("keep each verb to those who were granted it", async () => {
    const { id } = (await connectHosted({})).body;
    const allowed = async (
      scopes: Parameters<Tenant["withKey"]>[0]["scopes"],
      method: string,
      path: string,
      body?: unknown,
    ) => {
      const key = await tenant.withKey(scopes === undefined ? {} : { scopes });
      return (await key.send(method, path, body)).status !== 403;
    };
    const path = `/connections/${id}`;
    expect(await allowed(["connections:read"], "GET", path)).toBe(true);
    expect(await allowed(["connections:read"], "POST", `${path}/refresh`)).toBe(false);
    expect(await allowed(["connections:execute"], "POST", `${path}/refresh`)).toBe(true);
    expect(await allowed(["connections:execute"], "PATCH", path, { name: "x" })).toBe(false);
    expect(await allowed(["connections:execute"], "POST", `${path}/disconnect`)).toBe(false);
    expect(await allowed(["connectors:manage"], "GET", path)).toBe(false);
    expect(await allowed(["connectors:read"], "PUT", "/connectors/hosted", { definition: HOSTED })).toBe(
      false,
    );
    expect(await allowed(["connections:manage"], "GET", "/oauth-apps")).toBe(false);
    expect(await allowed(["oauth-apps:manage"], "GET", "/oauth-apps")).toBe(true);
  });
});
