import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtInSlugs } from "#connectors/index.ts";
import type { Client, Json, Page, Problem } from "./client.ts";
import { insertVersion } from "./fixtures.ts";
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
  tenant = await makeTenant(api);
  ({ client } = tenant);
  vendor = await startVendor();
  await client.send("POST", "/environments", { slug: "dev" });
});
afterAll(async () => {
  await vendor.close();
  await api.close();
});

const MINIMAL = {
  slug: "minimal",
  name: "Minimal",
  hosts: ["api.minimal.example"],
  baseUrl: "https://api.minimal.example",
  auth: [{ id: "key", type: "api-key", label: "API key", name: "X-Key" }],
};

const create = async (definition: object) =>
  client.send<Json & Problem>("POST", "/connectors", { definition });
const put = async (slug: string, definition: object, more: object = {}) =>
  client.send<Json & Problem>("PUT", `/connectors/${slug}`, { definition, ...more });

/** Deploys a workflow to `dev` that needs a connection. */
async function deployNeeding(slug: string, need: object): Promise<void> {
  await client.send("POST", "/workflows", { slug });
  await insertVersion(api, tenant, slug, { needs: { connections: { crm: need } } });
  const deployed = await client.send("POST", `/workflows/${slug}/deployments`, {
    environment: "dev",
    version: 1,
  });
  expect(deployed.status).toBe(201);
}

describe("connectors", () => {
  test("are built-in and own ones, in one alphabetical list with pages, search and categories", async () => {
    await create({ ...MINIMAL, slug: "zzz-own", name: "Zest for lists", categories: ["listing"] });
    const all: Json[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page: Page = (await client.get<Page>(`/connectors?limit=7${query}`)).body;
      all.push(...page.data);
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    expect(all.map(({ slug }) => slug)).toEqual([...builtInSlugs(), "zzz-own"].sort());
    const found = async (query: string) =>
      (await client.get<Page>(`/connectors?${query}`)).body.data.map(({ slug }) => slug);
    expect(await found("search=ZEST%20for")).toEqual(["zzz-own"]);
    expect(await found("search=%25")).toEqual([]);
    expect(await found("category=listing")).toEqual(["zzz-own"]);
    expect(await found("source=organization")).toEqual(["zzz-own"]);
    expect((await found("source=built-in")).length).toBe(builtInSlugs().length);
    expect((await client.get("/connectors?cursor=NOT%20A%20SLUG")).status).toBe(400);
  });

  test("show what a connection is asked for, and their actions and events", async () => {
    const created = await create({
      ...MINIMAL,
      slug: "shown",
      fields: { region: { label: "Region", options: [{ value: "eu", label: "Europe" }], default: "eu" } },
      actions: [
        { slug: "list-things", name: "List things", http: { method: "GET", path: "/things" } },
        { slug: "make-thing", name: "Make a thing", http: { method: "POST", path: "/things" } },
      ],
      events: [{ slug: "thing-made", name: "A thing was made" }],
    });
    expect(created).toMatchObject({ status: 201, body: { source: "organization", version: 1, actions: 2 } });
    const { body } = await client.get("/connectors/shown");
    expect(body).toEqual(created.body);
    expect(body["auth"]).toMatchObject([
      {
        id: "key",
        default: true,
        consent: false,
        fields: [
          { name: "region", default: "eu" },
          { name: "apiKey", secret: true },
        ],
      },
    ]);
    const actions = (await client.get<Page>("/connectors/shown/actions?limit=1")).body;
    expect(actions).toMatchObject({
      data: [{ slug: "list-things", kind: "http", idempotent: true }],
      nextCursor: "list-things",
    });
    expect((await client.get<Page>("/connectors/shown/actions?cursor=list-things")).body).toMatchObject({
      data: [{ slug: "make-thing", idempotent: false }],
      nextCursor: null,
    });
    expect((await client.get<Page>("/connectors/shown/events")).body.data).toMatchObject([
      { slug: "thing-made" },
    ]);
    const builtIn = (await client.get(`/connectors/${builtInSlugs()[0] ?? ""}`)).body;
    expect(builtIn).toMatchObject({ id: null, source: "built-in", createdAt: null });
  });

  test("do not take a built-in slug, nor one twice", async () => {
    expect((await create({ ...MINIMAL, slug: "http" })).body.errors[0]?.path).toBe("definition.slug");
    expect((await create({ ...MINIMAL, slug: "twice" })).status).toBe(201);
    expect(await create({ ...MINIMAL, slug: "twice" })).toMatchObject({
      status: 409,
      body: { errors: [{ path: "definition.slug" }] },
    });
    expect((await put("http", { ...MINIMAL, slug: "http" })).status).toBe(409);
    expect((await client.send("DELETE", "/connectors/http")).status).toBe(404);
  });

  test("are validated: everything that is wrong is said, with its place", async () => {
    const validate = async (definition: object) =>
      (await client.send("POST", "/connectors/validate", { definition })).body;
    expect(await validate(MINIMAL)).toMatchObject({ valid: true, issues: [] });
    expect(((await validate(MINIMAL))["warnings"] as unknown[]).length).toBeGreaterThan(0);
    const bad = await validate({ ...MINIMAL, slug: "Not A Slug", auth: [{ type: "basic" }], extra: 1 });
    const paths = (bad["issues"] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["slug", "auth.0.id"]));
    expect(await validate({ ...MINIMAL, slug: "http" })).toMatchObject({ valid: false });
  });

  test.each([
    ["a lone wildcard", { hosts: ["*"] }],
    ["a wildcard over a whole registry", { hosts: ["*.com"] }],
    ["an address", { hosts: ["127.0.0.1"] }],
    ["an IPv6 address", { hosts: ["[::1]"] }],
    ["a decimal address", { hosts: ["2130706433"] }],
    ["a host that any text may fill", { hosts: ["{anything}"], fields: { anything: { label: "Any" } } }],
    ["credentials in the base URL", { baseUrl: "https://user:pass@api.minimal.example" }],
    ["a base URL on another host", { baseUrl: "https://evil.example" }],
    ["plain HTTP", { baseUrl: "http://api.minimal.example", hosts: ["http://api.minimal.example"] }],
    ["a script for an icon", { icon: "javascript:alert(1)" }],
    ["a line break in a header", { headers: { "X-A": "b\r\nX-Evil: 1" } }],
    [
      "an action on another host",
      {
        actions: [
          { slug: "a", name: "A", http: { method: "GET", path: "/x", baseUrl: "https://evil.example" } },
        ],
      },
    ],
  ])("with %s are refused", async (_, part) => {
    const answer = await create({ ...MINIMAL, slug: "hostile", ...part });
    expect(answer).toMatchObject({ status: 400, body: { code: "TENON_INVALID" } });
    expect(answer.body.errors[0]?.path).toMatch(/^definition/);
    expect((await client.get("/connectors/hostile")).status).toBe(404);
  });
});

describe("a new version", () => {
  test("is used from then on, and the same definition makes none", async () => {
    await create({ ...MINIMAL, slug: "evolving" });
    const next = {
      ...MINIMAL,
      slug: "evolving",
      name: "Evolved",
      hosts: ["api.minimal.example", "eu.minimal.example"],
    };
    expect((await put("evolving", next)).body).toMatchObject({ version: 2, name: "Evolved" });
    expect((await put("evolving", next)).body).toMatchObject({ version: 2 });
    const versions = (await client.get<Page>("/connectors/evolving/versions")).body.data;
    expect(versions.map(({ number }) => number)).toEqual([2, 1]);
    expect((await put("evolving", { ...next, slug: "renamed" })).body.errors[0]?.path).toBe(
      "definition.slug",
    );
    expect((await put("never-made", { ...next, slug: "never-made" })).status).toBe(404);
  });

  test("is refused with the list while it would break connections", async () => {
    const definition = vendorConnector(vendor, "in-use");
    await create(definition);
    const made = await client.send("POST", "/connections", {
      connector: "in-use",
      environment: "dev",
      name: "Main account",
      fields: { apiKey: "k" },
      verify: false,
    });
    expect(made.status).toBe(201);
    const [, ...withoutKey] = definition.auth;
    const breaking: [string, object][] = [
      ["auth.key", { auth: withoutKey }],
      ["auth.key", { auth: [{ id: "key", type: "bearer", label: "Token" }, ...withoutKey] }],
      [
        "hosts",
        {
          hosts: ["http://localhost:1"],
          baseUrl: "http://localhost:1",
          auth: definition.auth.filter(({ type }) => type !== "oauth2"),
        },
      ],
      [
        "fields.apiKey",
        {
          auth: [
            {
              id: "key",
              type: "api-key",
              label: "Key",
              name: "X-Key",
              value: "{other}",
              fields: { other: { label: "Other" } },
            },
          ],
        },
      ],
      ["fields.region", { fields: { region: { label: "Region" } }, headers: { "X-Region": "{region}" } }],
    ];
    for (const [path, part] of breaking) {
      const answer = await put("in-use", { ...definition, ...part });
      expect(answer).toMatchObject({ status: 409, body: { code: "TENON_CONNECTOR_BREAKING" } });
      const issue = answer.body.errors.find((one) => one.path === path);
      expect({ path, message: issue?.message }).toMatchObject({
        message: expect.stringContaining("Main account") as string,
      });
    }
    expect((await put("in-use", { ...definition, auth: definition.auth.slice(0, 5) })).status).toBe(200);
    expect((await client.send("DELETE", "/connectors/in-use")).body).toMatchObject({
      code: "TENON_CONNECTOR_IN_USE",
    });
    const forced = await put("in-use", { ...definition, auth: withoutKey }, { acceptBreaking: true });
    expect(forced).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await client.send("POST", `/connections/${made.body.id}/test`)).toMatchObject({ status: 400 });
    expect((await client.send("DELETE", `/connections/${made.body.id}`)).status).toBe(204);
    expect((await client.send("DELETE", "/connectors/in-use")).status).toBe(204);
  });

  test("is refused while deployed workflows may call an action that it lacks", async () => {
    const definition = vendorConnector(vendor, "called");
    await create(definition);
    expect((await put("called", { ...definition, actions: [] })).status).toBe(200);
    expect((await put("called", definition)).status).toBe(200);
    await deployNeeding("caller", { connector: "called" });
    const answer = await put("called", { ...definition, actions: [] });
    expect(answer.body.errors.map(({ path }) => path)).toEqual(["actions.read-me", "actions.change-me"]);
    expect(answer.body.errors[0]?.message).toContain("caller in dev");
  });
});

describe("the use of a connection", () => {
  test("is listed, and keeps it from being deleted", async () => {
    vendor.accounts.set("needed-key", { id: "1", name: "One" });
    await create(vendorConnector(vendor, "needed"));
    await client.send("POST", "/customers", { slug: "acme" });
    const connect = async (more: object) =>
      (
        await client.send("POST", "/connections", {
          connector: "needed",
          environment: "dev",
          fields: { apiKey: "needed-key" },
          ...more,
        })
      ).body.id;
    const shared = await connect({});
    const theirs = await connect({ customer: "acme" });
    const ada = await connect({ customer: "acme", user: "ada" });
    await deployNeeding("of-organization", { connector: "needed", owner: "organization" });
    await deployNeeding("of-either", { connector: "needed" });
    await deployNeeding("of-either-if-any", { connector: "needed", owner: "customer", optional: true });
    const users = async (id: string) =>
      (await client.get<Page>(`/connections/${id}/used-by`)).body.data.map(
        ({ workflow }) => (workflow as { slug: string }).slug,
      );
    expect(await users(shared)).toEqual(["of-either", "of-organization"]);
    expect(await users(theirs)).toEqual(["of-either", "of-either-if-any"]);
    expect(await users(ada)).toEqual([]);
    const refused = await client.send<Problem>("DELETE", `/connections/${shared}`);
    expect(refused).toMatchObject({ status: 409, body: { code: "TENON_CONNECTION_IN_USE" } });
    expect(refused.body.errors.map(({ path }) => path)).toEqual([
      "workflows.of-either",
      "workflows.of-organization",
    ]);
    expect((await client.send("DELETE", `/connections/${ada}`)).status).toBe(204);
    expect((await client.send("DELETE", `/connections/${shared}?force=true`)).status).toBe(204);
    expect((await client.send("DELETE", `/workflows/of-either?force=true`)).status).toBe(204);
    expect((await client.send("DELETE", `/connections/${theirs}`)).status).toBe(204);
  });
});

describe("a connection that a deployed workflow needs", () => {
  const add = async (name: string, more: object = {}): Promise<string> => {
    vendor.accounts.set(`key-of-${name}`, { id: name, name });
    const fields = { apiKey: `key-of-${name}` };
    const made = await client.send("POST", "/connections", {
      connector: "spared",
      environment: "dev",
      name,
      fields,
      ...more,
    });
    expect(made.status).toBe(201);
    return made.body.id;
  };
  const remove = async (id: string) => client.send<Problem>("DELETE", `/connections/${id}`);

  test("may go while another one would serve the need, and of two at once one stays", async () => {
    await create(vendorConnector(vendor, "spared"));
    await client.send("POST", "/environments", { slug: "elsewhere" });
    await client.send("POST", "/customers", { slug: "initech" });
    await deployNeeding("spender", { connector: "spared", owner: "organization" });
    const [first, second] = [await add("first"), await add("second")];
    const both = await Promise.all([remove(first), remove(second)]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([204, 409]));
    const last = both[0].status === 409 ? first : second;
    await add("in-another-environment", { environment: "elsewhere" });
    await add("of-a-customer", { customer: "initech" });
    const given = await add("given-up");
    expect((await client.send("POST", `/connections/${given}/disconnect`)).status).toBe(200);
    expect(await remove(last)).toMatchObject({ status: 409, body: { code: "TENON_CONNECTION_IN_USE" } });
    await add("third");
    expect((await remove(last)).status).toBe(204);
  });
});

describe("an OpenAPI document", () => {
  const document = JSON.stringify({
    openapi: "3.1.0",
    info: { title: "Pet Shop", version: "1" },
    servers: [{ url: "https://api.pets.example/v1" }],
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
    security: [{ key: [] }],
    paths: {
      "/pets/{petId}": {
        get: {
          operationId: "getPet",
          summary: "Get a pet",
          parameters: [{ name: "petId", in: "path", required: true, schema: { type: "string" } }],
          responses: { "200": { description: "A pet." } },
        },
      },
    },
  });

  test("becomes a connector, or a preview of one", async () => {
    const preview = await client.send("POST", "/connectors/import", { document, create: false });
    expect(preview).toMatchObject({
      status: 200,
      body: { definition: { slug: "pet-shop" }, operations: { total: 1, imported: 1, skipped: [] } },
    });
    expect((await client.get("/connectors/pet-shop")).status).toBe(404);
    const made = await client.send("POST", "/connectors/import", { document, slug: "pets", name: "Pets" });
    expect(made).toMatchObject({
      status: 201,
      body: { connector: { slug: "pets", name: "Pets", actions: 1, auth: [{ type: "api-key" }] } },
    });
    expect((await client.get<Page>("/connectors/pets/actions")).body.data).toMatchObject([
      { slug: "get-pet" },
    ]);
    expect((await client.send("POST", "/connectors/import", { document, slug: "pets" })).status).toBe(409);
  });

  test("is imported in part, and for another address than it names", async () => {
    const two = JSON.parse(document) as { paths: Record<string, unknown> };
    two.paths["/owners"] = {
      get: { operationId: "listOwners", tags: ["Owners"], responses: { "200": { description: "All." } } },
    };
    const preview = async (more: object) =>
      client.send("POST", "/connectors/import", { document: JSON.stringify(two), create: false, ...more });
    expect((await preview({})).body["operations"]).toMatchObject({ total: 2, imported: 2 });
    const own = { baseUrl: "https://pets.example.org/api/v2" };
    for (const only of [["/owners"], ["Owners"]]) {
      const { status, body } = await preview({ ...own, only });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          definition: {
            hosts: ["pets.example.org"],
            baseUrl: own.baseUrl,
            actions: [{ slug: "list-owners" }],
          },
        },
      });
    }
    expect((await preview({ only: ["/nothing"] })).status).toBe(400);
    expect((await preview({ only: [] })).status).toBe(400);
    for (const baseUrl of [
      "pets.example.org",
      "http://169.254.169.254/latest",
      "https://10.0.0.1",
      "https://u:p@x.example",
    ]) {
      const refused = await preview({ baseUrl });
      expect({ baseUrl, status: refused.status }).toEqual({ baseUrl, status: 400 });
    }
  });

  test("that is none, or hostile, is refused", async () => {
    const send = async (text: string) =>
      client.send<Problem>("POST", "/connectors/import", { document: text });
    for (const text of ["not a document", "{}"]) {
      const answer = await send(text);
      expect({ text, status: answer.status, code: answer.body.code }).toEqual({
        text,
        status: 400,
        code: "TENON_INVALID",
      });
    }
    const inside = document.replace("https://api.pets.example", "http://169.254.169.254");
    const preview = await client.send("POST", "/connectors/import", { document: inside, create: false });
    const { hosts } = (preview.body["definition"] ?? {}) as { hosts: string[] };
    expect(hosts.filter((host) => host.includes("169.254"))).toEqual([]);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((name, index) => `${name}: &${name} [${`*${"abcdefghij"[index] ?? ""},`.repeat(9)}]`)
      .join("\n")}`;
    expect((await send(bomb)).status).toBe(400);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  });
});

describe("credential types", () => {
  const TYPE = {
    slug: "signing-key",
    name: "Signing key",
    category: "security",
    fields: { key: { label: "Key", type: "password" } },
  };
  const create = async (definition: object) =>
    client.send<Json & Problem>("POST", "/credential-types", { definition });

  test("are a catalogue with categories and search, and own ones beside it", async () => {
    const catalogue = (await client.get<Page>("/credential-types?limit=100")).body.data;
    expect(catalogue.length).toBeGreaterThan(5);
    const first = catalogue[0];
    expect((await client.get(`/credential-types/${String(first?.["slug"])}`)).body).toEqual(first);
    const made = await create(TYPE);
    expect(made).toMatchObject({
      status: 201,
      body: { source: "organization", fields: [{ name: "key", secret: true }] },
    });
    expect(
      (await client.get<Page>("/credential-types?source=organization&search=SIGNING")).body.data,
    ).toEqual([made.body]);
    expect((await client.get<Page>("/credential-types?category=payments&search=signing")).body.data).toEqual(
      [],
    );
    const changed = await client.send("PUT", "/credential-types/signing-key", {
      definition: { ...TYPE, name: "Key" },
    });
    expect(changed).toMatchObject({ status: 200, body: { name: "Key" } });
    expect((await client.send("DELETE", "/credential-types/signing-key")).status).toBe(204);
    expect((await client.get("/credential-types/signing-key")).status).toBe(404);
  });

  test("say what is wrong with a definition, and keep the built-in slugs", async () => {
    const [{ slug } = { slug: "" }] = (await client.get<Page>("/credential-types?limit=1")).body.data;
    expect(await create({ ...TYPE, slug })).toMatchObject({ status: 409 });
    expect((await client.send("DELETE", `/credential-types/${String(slug)}`)).status).toBe(404);
    expect((await create({ ...TYPE, fields: { key: { type: "password" } } })).body.errors[0]?.path).toBe(
      "definition.fields.key.label",
    );
    expect((await create({ ...TYPE, hosts: ["*"] })).status).toBe(400);
  });
});

describe("OAuth apps", () => {
  test("never show a secret; blanks keep it; an environment has its own", async () => {
    await create(vendorConnector(vendor, "with-app"));
    const app = { connector: "with-app", ...VENDOR_APP };
    const shared = await client.send("POST", "/oauth-apps", app);
    expect(shared).toMatchObject({
      status: 201,
      body: {
        environment: null,
        secrets: ["clientSecret"],
        name: "Vendor",
        redirectUri: `${api.url}/oauth/callback/with-app`,
      },
    });
    expect(JSON.stringify(shared.body)).not.toContain(VENDOR_APP.clientSecret);
    expect((await client.send("POST", "/oauth-apps", app)).status).toBe(409);
    const own = await client.send("POST", "/oauth-apps", { ...app, environment: "dev", name: "Of dev" });
    expect(own.body).toMatchObject({ environment: { slug: "dev" } });
    const changed = await client.send("PATCH", `/oauth-apps/${own.body.id}`, {
      clientSecret: "",
      scopes: ["a"],
    });
    expect(changed.body).toMatchObject({ secrets: ["clientSecret"], scopes: ["a"] });
    expect((await client.get<Page>("/oauth-apps?connector=with-app")).body.data).toHaveLength(2);
    expect((await client.get<Page>("/oauth-apps?environment=dev")).body.data).toEqual([changed.body]);
    expect((await client.send("DELETE", `/oauth-apps/${own.body.id}`)).status).toBe(204);
    expect((await client.get(`/oauth-apps/${own.body.id}`)).status).toBe(404);
  });

  test("must be of a connector that has OAuth, with secrets that it can use", async () => {
    await create({ ...MINIMAL, slug: "without-oauth" });
    const post = async (body: object) =>
      client.send<Problem>("POST", "/oauth-apps", { clientId: "id", ...body });
    expect((await post({ connector: "without-oauth" })).body.errors[0]?.path).toBe("connector");
    expect((await post({ connector: "with-app" })).body.errors[0]?.path).toBe("clientSecret");
    expect((await post({ connector: "never-made" })).status).toBe(404);
    const injected = await post({ connector: "with-app", clientSecret: "a\r\nX-Evil: 1" });
    expect(injected.body.errors[0]?.path).toBe("clientSecret");
    const key = await post({
      connector: "with-app",
      clientSecret: "x",
      privateKey: "-----BEGIN NONSENSE-----",
    });
    expect(key.body.errors[0]).toMatchObject({ path: "privateKey" });
    expect(JSON.stringify(key.body)).not.toContain("NONSENSE");
  });
});
