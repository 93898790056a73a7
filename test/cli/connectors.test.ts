import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "#sdk/client.ts";
import { startVendor, vendorConnector } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";
import { createProject } from "#test/sdk/project.ts";
import type { TestProject } from "#test/sdk/project.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { tenon } from "./tenon.ts";
import type { Ended } from "./tenon.ts";

const MODULE = `import { defineConnector } from "tenon";
const path: string = "/contacts";
export default defineConnector({
  slug: "acme-crm",
  name: "Acme CRM",
  hosts: ["api.acme.example"],
  baseUrl: "https://api.acme.example/v1",
  auth: [{ id: "api-key", type: "api-key", label: "API key", name: "X-Api-Key" }],
  actions: [{ slug: "list-contacts", name: "List contacts", description: "Lists.", input: { type: "object" }, http: { method: "GET", path } }],
});
`;
const OPENAPI = `openapi: 3.0.3
info: { title: Pet Store, version: "1" }
servers: [{ url: https://api.pets.example/v1 }]
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
paths:
  /pets: { get: { operationId: listPets, responses: {} }, trace: { responses: {} } }
  /owners: { get: { operationId: listOwners, responses: {} } }
`;

let product: Product;
let vendor: Vendor;
let project: TestProject;
let documents: Server;
const cli = (args: readonly string[], stdin?: string): Promise<Ended> =>
  tenon(args, {
    cwd: project.folder,
    env: { TENON_URL: product.url, TENON_API_KEY: product.apiKey },
    ...(stdin === undefined ? {} : { stdin }),
  });
/** What a command says to programs. */
async function json<Result = Record<string, unknown>>(
  args: readonly string[],
  stdin?: string,
): Promise<Result> {
  const ended = await cli([...args, "--json"], stdin);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ended.stdout) as Result;
}
const addressOf = (file: string): string =>
  `http://127.0.0.1:${String((documents.address() as AddressInfo).port)}/${file}`;

beforeAll(async () => {
  [product, vendor] = await Promise.all([startProduct(), startVendor()]);
  project = createProject({
    "acme.ts": MODULE,
    "wrong.json": JSON.stringify({
      slug: "Acme CRM",
      name: "Acme",
      hosts: ["*"],
      baseUrl: "http://acme.example",
      auth: [],
    }),
    "openapi.yaml": OPENAPI,
  });
  documents = createServer((request, response) => {
    if (request.url === "/openapi.yaml") {
      response.end(
        OPENAPI.replace("Pet Store", "Fetched pets").replace("https://api.pets.example/v1", "/v2"),
      );
    } else if (request.url === "/huge") {
      response.end(Buffer.alloc(21 * 1024 * 1024, " "));
    } else {
      response.writeHead(404).end("no");
    }
  });
  await new Promise<void>((resolve) => documents.listen(0, "127.0.0.1", resolve));
  await product.call("POST", "/customers", { slug: "acme" });
  await product.call("POST", "/connectors", { definition: vendorConnector(vendor) });
});
afterAll(async () => {
  documents.closeAllConnections();
  documents.close();
  project.remove();
  await Promise.all([product.close(), vendor.close()]);
});

describe("definitions", { timeout: 90_000 }, () => {
  test("are checked and linted without a server", async () => {
    const offline = { cwd: project.folder };
    const valid = await tenon(["connectors", "validate", "acme.ts"], offline);
    expect(valid).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("acme-crm is a connector with 1 action.") as string,
    });
    const wrong = await tenon(["connectors", "validate", "wrong.json", "--json"], offline);
    expect(wrong.code).toBe(1);
    const { error } = JSON.parse(wrong.stderr) as { error: { code: string; errors: { path: string }[] } };
    expect(error.code).toBe("TENON_DEFINITION");
    expect(error.errors.map(({ path: place }) => place)).toEqual(
      expect.arrayContaining(["slug", "hosts.0", "baseUrl"]),
    );
    const shown = await tenon(["connectors", "validate", "wrong.json"], offline);
    expect(shown.stderr).toMatch(/✖ wrong\.json is refused: \d things are wrong\.\n {2}slug: /);
    const lint = await tenon(["connectors", "lint", "acme.ts"], offline);
    expect(lint).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("warning  verification is missing") as string,
    });
    project.write("broken.ts", "export default {");
    expect(await tenon(["connectors", "validate", "broken.ts"], offline)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("broken.ts does not build: broken.ts:1:") as string,
    });
    expect(await tenon(["connectors", "validate", "absent.json"], offline)).toMatchObject({ code: 2 });
  });

  test("are published, and published again as a new version", async () => {
    expect(await json(["connectors", "create", "acme.ts"])).toEqual({
      connector: "acme-crm",
      version: 1,
      created: true,
      changed: true,
      actions: 1,
    });
    const same = await cli(["connectors", "create", "acme.ts"]);
    expect(same).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("acme-crm v1 is published already") as string,
    });
    project.write("acme.ts", MODULE.replace("Lists.", "Lists contacts."));
    const again = await cli(["connectors", "create", "acme.ts"]);
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Published acme-crm v2") as string,
    });
    const list = await cli(["connectors", "list", "--source", "organization"]);
    expect(list.stdout).toMatch(/^acme-crm +Acme CRM +organization +v2 +api-key +1$/m);
    const got = await cli(["connectors", "get", "acme-crm"]);
    expect(got.stdout).toContain("api-key: apiKey");
    expect(got.stdout).toMatch(/^list-contacts +actions\.listContacts\(…\) +List contacts$/m);
    expect((await json<{ definition: object }>(["connectors", "get", "http"])).definition).toMatchObject({
      slug: "http",
    });
    expect(await cli(["connectors", "get", "nothing"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/"nothing"[^]*tenon connectors list/) as string,
    });
  });
});

describe("OpenAPI documents", { timeout: 90_000 }, () => {
  test("are looked at, written to a file, and published", async () => {
    const dry = await cli(["connectors", "import", "openapi.yaml", "--dry-run"]);
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("2 of 3 operations become actions") as string,
    });
    expect(dry.stderr).toContain("TRACE /pets: the method TRACE cannot be sent");
    await json([
      "connectors",
      "import",
      "openapi.yaml",
      "--out",
      "pets.json",
      "--slug",
      "pets",
      "--only",
      "/pets",
    ]);
    const written = JSON.parse(readFileSync(path.join(project.folder, "pets.json"), "utf8")) as object;
    expect(written).toMatchObject({ slug: "pets", actions: [{ slug: "list-pets" }] });
    expect(await json(["connectors", "import", "openapi.yaml"])).toMatchObject({
      connector: "pet-store",
      created: true,
      actions: 2,
    });
    expect(await cli(["connectors", "import", "wrong.json"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('document: says neither "openapi"') as string,
    });
  });

  test("are fetched by this machine, within limits", async () => {
    const fetched = await json([
      "connectors",
      "import",
      addressOf("openapi.yaml"),
      "--dry-run",
      "--base-url",
      "https://eu.pets.example",
    ]);
    expect(fetched).toMatchObject({
      connector: { slug: "fetched-pets", baseUrl: "https://eu.pets.example" },
    });
    const huge = await cli(["connectors", "import", addressOf("huge")]);
    expect(huge).toMatchObject({ code: 1, stderr: expect.stringContaining("larger than 20 MB") as string });
    const absent = await cli(["connectors", "import", addressOf("absent")]);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("answered 404") as string });
  });
});

describe("connections", { timeout: 90_000 }, () => {
  test("are made, tested, reconnected, disconnected and deleted, and no secret is ever shown", async () => {
    vendor.accounts
      .set("k3y-one", { id: "42", name: "Acme Inc." })
      .set("k3y-two", { id: "42", name: "Acme Inc." });
    const made = await cli(
      ["connections", "connect", "vendor", "--customer", "acme", "--name", "Main"],
      "k3y-one\n",
    );
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Connected Main as Acme Inc\.: .* \(healthy\)/) as string,
    });
    const listed = await cli(["connections", "list"]);
    expect(listed.stdout).toMatch(/ Main +Acme Inc\. +development +acme +healthy /);
    const { data } = await json<{ data: Connection[] }>(["connections", "list", "--customer", "acme"]);
    const id = data[0]?.id ?? "";
    const got = await cli(["connections", "get", id]);
    expect(got.stdout).toMatch(/apiKey +\(secret, set\)/);
    expect(await cli(["connections", "test", id])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("It works: status 200") as string,
    });

    vendor.accounts.delete("k3y-one");
    const failed = await cli(["connections", "test", id]);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The credential does not work: status 401") as string,
    });
    const refusedRow = await cli(["connections", "list"]);
    expect(refusedRow.stdout).toMatch(/ Main +Acme Inc\. +development +acme +reauthorize \(test failed\) /);
    expect((await cli(["connections", "get", id])).stdout).toMatch(/Last tested +\S+Z, failed: /);
    const again = await cli(["connections", "reconnect", id], '{"apiKey":"k3y-two"}');
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Connected Main again (healthy)") as string,
    });
    expect((await json<{ status: string }>(["connections", "get", id])).status).toBe("healthy");
    expect((await cli(["connections", "list"])).stdout).not.toContain("test failed");

    const refused = await cli(["connections", "connect", "vendor"], "k3y-wrong");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--no-verify") as string });
    const gone = await cli(["connections", "disconnect", id]);
    expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining("Disconnected Main") as string });
    expect(await json(["connections", "delete", id])).toEqual({ id, deleted: true });
    expect((await cli(["connections", "get", id])).code).toBe(1);
    for (const { stdout, stderr } of [made, got, failed, again, refused, gone]) {
      expect(stdout + stderr).not.toContain("k3y-");
    }
  });

  test("that a workflow needs and nobody has made are named when it is deployed", async () => {
    await product.call("POST", "/connectors", { definition: vendorConnector(vendor, "unconnected") });
    project.write(
      "needy.ts",
      `import { defineWorkflow } from "tenon";
export default defineWorkflow(
  { slug: "needy", needs: { connections: { crm: { connector: "unconnected" } } } },
  async () => null,
);
`,
    );
    const ended = await cli(["deploy", "needy.ts"]);
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        "has no connection of unconnected yet: tenon connections connect unconnected --env development",
      ) as string,
    });
    vendor.accounts.set("k3y-three", { id: "43", name: "Third" });
    await json(["connections", "connect", "unconnected"], "k3y-three");
    const again = await cli(["deploy", "needy.ts"]);
    expect(again).toMatchObject({ code: 0, stderr: "" });
  });

  test("ask for what they need, and take no secret from an argument", async () => {
    const argument = await cli(["connections", "connect", "vendor", "--field", "apiKey=k3y-hidden"]);
    expect(argument).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("must not be an argument") as string,
    });
    expect(argument.stdout + argument.stderr).not.toContain("k3y-");
    const missing = await cli(["connections", "connect", "vendor", "--method", "basic"], "only-one");
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Missing: username[^]*--field username=…/) as string,
    });
    vendor.accounts.set(`Basic ${btoa("ada:p4ss")}`, { id: "7", name: "Ada" });
    const basic = await cli(
      ["connections", "connect", "vendor", "--method", "basic", "--field", "username=ada"],
      "p4ss",
    );
    expect(basic).toMatchObject({ code: 0, stdout: expect.stringContaining("as Ada") as string });
    const nothing = await cli(["connections", "connect", "vendor"], "");
    expect(nothing.stderr).toContain(
      "Missing: apiKey.\n  → Type it on a terminal, or send apiKey to standard",
    );
    const other = await cli(["connections", "connect", "vendor"], '{"token":"x"}');
    expect(other.stderr).toContain("There is no field token.\n  → There are: apiKey");
    const unknown = await cli(["connections", "connect", "vendor", "--field", "tenant=x"], "k");
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no field tenant") as string,
    });
    const method = await cli(["connections", "connect", "vendor", "--method", "magic"]);
    expect(method).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("It has: key, query-key") as string,
    });
  });

  test("that need consent show the provider's page", async () => {
    const definition = {
      ...vendorConnector(vendor, "consenting"),
      auth: [
        {
          id: "oauth",
          type: "oauth2",
          label: "OAuth",
          authorizeUrl: `${vendor.origin}/authorize`,
          tokenUrl: `${vendor.origin}/token`,
        },
      ],
    };
    project.write("consenting.json", JSON.stringify(definition));
    await json(["connectors", "create", "consenting.json"]);
    const without = await cli(["connections", "connect", "consenting"]);
    expect(without).toMatchObject({ code: 1, stdout: "" });
    expect(without.stderr).toContain(`with the redirect URI ${product.url}/oauth/callback/consenting,`);
    await product.call("POST", "/oauth-apps", {
      connector: "consenting",
      clientId: "tenon-app",
      clientSecret: "app-secret",
    });
    const shown = await cli(["connections", "connect", "consenting", "--customer", "acme"]);
    expect(shown.code).toBe(0);
    const url = new URL(shown.stdout.trim());
    expect(url.origin).toBe(vendor.origin);
    expect(url.searchParams.get("client_id")).toBe("tenon-app");
    expect(shown.stderr).toContain("tenon connections list");
  });
});

test("nothing is left behind in the project", () => {
  expect(existsSync(path.join(project.folder, ".tenon"))).toBe(false);
});
