import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isId } from "#api/fields.ts";
import { newId } from "#runtime/ids.ts";
import { readDocument } from "#test/api/client.ts";
import type { Page, Problem } from "#test/api/client.ts";
import { insertRun, insertVersion } from "#test/api/fixtures.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

/** What the victim owns, by the name of the path parameter that refers to it. */
type Belongings = Record<string, { readonly id: string; readonly slug?: string }>;

let api: TestApi;
let victim: Tenant;
let attacker: Tenant;
let belongings: Belongings;

beforeAll(async () => {
  api = await startApi();
  victim = await makeTenant(api);
  attacker = await makeTenant(api);
  belongings = await furnish(victim);
});
afterAll(async () => api.close());

/** Bodies that would succeed for the owner, by operationId: refusals must be for the id and nothing else. */
const BODIES: Record<string, unknown> = {
  updateEnvironment: { name: "taken over" },
  createVariable: { name: "PLANTED", value: "x" },
  putVariable: { value: "overwritten" },
  createSecret: { name: "PLANTED", value: "planted value" },
  putSecret: { value: "overwritten", hosts: ["evil.example"] },
  updateCustomer: { name: "taken over" },
  updateWorkflow: { status: "inactive" },
  createVersion: { source: "export default async () => 1;" },
  createDeployment: { environment: "development", version: 1 },
  updateConnector: { definition: { slug: "connector-of-victim", name: "Taken over" }, acceptBreaking: true },
  updateOAuthApp: { clientId: "of-attacker", clientSecret: "of attacker" },
  updateCredentialType: { definition: { slug: "type-of-victim", name: "Taken over", fields: {} } },
  updateConnection: { name: "taken over", fields: { apiKey: "planted" }, verify: false },
  reconnectConnection: { fields: { apiKey: "planted" }, verify: false },
  updateWebhookEndpoint: { url: "https://evil.example/hook" },
};

/** An app of the victim's connector takes secrets that prove it. */
const CONNECTOR = {
  slug: "connector-of-victim",
  name: "Of the victim",
  hosts: ["api.victim.example"],
  baseUrl: "https://api.victim.example",
  auth: [
    { id: "key", type: "api-key", label: "API key", name: "X-Key" },
    {
      id: "oauth",
      type: "oauth2",
      label: "OAuth",
      authorizeUrl: "https://api.victim.example/authorize",
      tokenUrl: "https://api.victim.example/token",
    },
  ],
};

async function furnish(owner: Tenant): Promise<Belongings> {
  const { client } = owner;
  const make = async (path: string, body: unknown) => (await client.send("POST", path, body)).body;
  const environment = await make("/environments", { slug: "of-victim" });
  await make("/environments/of-victim/variables", { name: "DAYS", value: "30" });
  await make("/environments/of-victim/secrets", {
    name: "TOKEN",
    value: "victim's value",
    hosts: ["api.example"],
  });
  const customer = await make("/customers", { slug: "customer-of-victim" });
  const workflow = await make("/workflows", { slug: "workflow-of-victim" });
  const version = await insertVersion(api, owner, "workflow-of-victim");
  await make("/workflows/workflow-of-victim/deployments", { environment: "of-victim", version: 1 });
  const where = { workflow: "workflow-of-victim", environment: "of-victim" };
  const run = await insertRun(api, owner, where, {
    status: "running",
    input: "private input",
    logs: ["private line"],
  });
  const connector = await make("/connectors", { definition: CONNECTOR });
  const app = await make("/oauth-apps", {
    connector: CONNECTOR.slug,
    clientId: "of-victim",
    clientSecret: "victim's app secret",
  });
  const type = await make("/credential-types", {
    definition: { slug: "type-of-victim", name: "Of the victim", fields: { key: { label: "Key" } } },
  });
  const endpoint = await make("/webhook-endpoints", { url: "https://hook.victim.example" });
  const connection = await make("/connections", {
    connector: CONNECTOR.slug,
    environment: "of-victim",
    fields: { apiKey: "victim's api key" },
    verify: false,
  });
  const session = await make("/connect-sessions", {
    environment: "of-victim",
    customer: "customer-of-victim",
    connectors: [CONNECTOR.slug],
  });
  const first = async (path: string) => (await client.get<Page>(path)).body.data[0]?.id ?? "none";
  return {
    connector: { id: connector.id, slug: CONNECTOR.slug },
    app: { id: app.id },
    connection: { id: connection.id },
    type: { id: type.id, slug: "type-of-victim" },
    endpoint: { id: endpoint.id },
    delivery: { id: await first(`/webhook-endpoints/${endpoint.id}/deliveries`) },
    event: { id: await first("/events") },
    session: { id: session.id },
    environment: { id: environment.id, slug: "of-victim" },
    customer: { id: customer.id, slug: "customer-of-victim" },
    workflow: { id: workflow.id, slug: "workflow-of-victim" },
    version: { id: version },
    run: { id: run },
    id: { id: owner.keyId },
  };
}

interface Target {
  readonly operationId: string;
  readonly takesBody: boolean;
  readonly method: string;
  readonly path: string;
}

/** Every operation with a parameter in its path, as the document lists them. */
async function targets(): Promise<Target[]> {
  const { paths } = await readDocument(api.url);
  return Object.entries(paths).flatMap(([path, item]) =>
    path.includes("{")
      ? Object.entries(item).map(([method, operation]) => ({
          operationId: (operation as unknown as { operationId: string }).operationId,
          takesBody: "requestBody" in operation,
          method: method.toUpperCase(),
          path: path.replace("/api/v1", ""),
        }))
      : [],
  );
}

function fill(path: string, values: (name: string) => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === "name" ? (path.includes("secrets") ? "TOKEN" : "DAYS") : values(name),
  );
}

/** A problem without what differs from request to request. */
function shape(problem: Problem, reference: string): object {
  return { ...problem, requestId: "<request>", detail: problem.detail.replaceAll(reference, "<id>") };
}

describe("another organization's ids", () => {
  test("answer on every route exactly as ids that do not exist", async () => {
    const all = await targets();
    expect(all.length).toBeGreaterThan(60);
    expect(
      Object.values(belongings)
        .map(({ id }) => id)
        .filter((id) => !isId(id)),
    ).toEqual([]);
    for (const { operationId, method, path, takesBody } of all) {
      const body = takesBody ? BODIES[operationId] : undefined;
      if (takesBody && body === undefined) {
        throw new Error(`${operationId} is new: give this test a body for it`);
      }
      const attack = async (values: (name: string) => string) => {
        const target = fill(path, values);
        const answer = await attacker.client.send<Problem>(method, target, body);
        return { target, answer };
      };
      const missing = newId();
      const unknown = await attack(() => missing);
      const stolen = await attack((name) => belongings[name]?.id ?? missing);
      const bySlug = await attack((name) => belongings[name]?.slug ?? belongings[name]?.id ?? missing);
      for (const { target, answer } of [unknown, stolen, bySlug]) {
        expect({ operationId, target, status: answer.status }).toEqual({ operationId, target, status: 404 });
      }
      const stolenReference = firstReference(stolen.answer.body.detail);
      const unknownReference = firstReference(unknown.answer.body.detail);
      expect(shape(stolen.answer.body, stolenReference)).toEqual(
        shape(unknown.answer.body, unknownReference),
      );
    }
  });

  test("in a body or a query answer the same 404", async () => {
    const { client } = attacker;
    await client.send("POST", "/environments", { slug: "own" });
    await client.send("POST", "/workflows", { slug: "own-flow" });
    await insertVersion(api, attacker, "own-flow");
    const { environment, customer, workflow, version, connector } = belongings;
    await client.send("POST", "/connectors", { definition: { ...CONNECTOR, slug: "own-connector" } });
    const own = { connector: "own-connector", environment: "own", fields: { apiKey: "x" }, verify: false };
    const theirs = belongings["connector"]?.slug;
    const attempts: [string, string, unknown?][] = [
      ["POST", "/runs", { workflow: workflow?.id, environment: "own" }],
      ["POST", "/runs", { workflow: "own-flow", environment: environment?.id }],
      ["POST", "/runs", { workflow: "own-flow", environment: "own", customer: customer?.id }],
      ["POST", "/workflows/own-flow/deployments", { environment: environment?.id, version: 1 }],
      ["POST", "/workflows/own-flow/deployments", { environment: "own", version: version?.id }],
      ["PUT", `/environments/own/secrets/TOKEN?customer=${String(customer?.id)}`, { value: "planted value" }],
      ["GET", `/environments/own/secrets?customer=${String(customer?.id)}`],
      ["GET", `/runs?workflow=${String(workflow?.id)}`],
      ["GET", `/runs?customer=${String(customer?.id)}`],
      ["GET", `/deployments?environment=${String(environment?.id)}`],
      ["POST", "/connections", { ...own, connector: theirs }],
      ["POST", "/connections", { ...own, connector: connector?.id }],
      ["POST", "/connections", { ...own, environment: environment?.id }],
      ["POST", "/connections", { ...own, customer: customer?.id }],
      ["POST", "/connections/authorize", { connector: theirs, environment: "own" }],
      ["POST", "/oauth-apps", { connector: theirs, clientId: "x", clientSecret: "x" }],
      [
        "POST",
        "/oauth-apps",
        { connector: "own-connector", environment: environment?.id, clientId: "x", clientSecret: "x" },
      ],
      ["GET", `/connections?environment=${String(environment?.id)}`],
      ["GET", `/connections?customer=${String(customer?.id)}`],
      ["GET", `/oauth-apps?environment=${String(environment?.id)}`],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await client.send<Problem>(method, path, body);
      expect({ path, body, status: answer.status }).toEqual({ path, body, status: 404 });
    }
  });

  test("never show in a list, and nothing of the victim was changed", async () => {
    for (const path of [
      "/environments",
      "/customers",
      "/workflows",
      "/deployments",
      "/runs",
      "/api-keys",
      "/audit",
      "/connectors",
      "/oauth-apps",
      "/credential-types?source=organization",
      "/connections",
      "/incidents",
      "/connect-sessions",
      "/webhook-endpoints",
      "/events",
    ]) {
      const text = JSON.stringify((await attacker.client.get(path)).body);
      for (const { id } of Object.values(belongings)) {
        expect(text).not.toContain(id);
      }
    }
    const { client } = victim;
    expect((await client.get("/environments/of-victim/variables/DAYS")).body).toMatchObject({ value: "30" });
    expect((await client.get("/environments/of-victim/secrets/TOKEN")).body).toMatchObject({ version: 1 });
    expect((await client.get("/workflows/workflow-of-victim")).body).toMatchObject({ status: "active" });
    expect((await client.get(`/runs/${String(belongings["run"]?.id)}`)).body).toMatchObject({
      cancelRequested: false,
    });
    expect((await client.get(`/connections/${String(belongings["connection"]?.id)}`)).body).toMatchObject({
      name: "Of the victim",
      status: "unverified",
    });
    expect((await client.get("/connectors/connector-of-victim")).body).toMatchObject({ version: 1 });
    expect((await client.get(`/oauth-apps/${String(belongings["app"]?.id)}`)).body).toMatchObject({
      clientId: "of-victim",
    });
    expect((await client.get(`/api-keys/${victim.keyId}`)).body).toMatchObject({ revokedAt: null });
  });

  test("as a list's cursor give nothing away", async () => {
    const own = await attacker.client.get<{ data: unknown[] }>(
      `/customers?cursor=${String(belongings["customer"]?.id)}`,
    );
    expect(own).toMatchObject({ status: 200, body: { data: [] } });
  });
});

function firstReference(detail: string): string {
  return /"([^"]+)"\.$/.exec(detail)?.[1] ?? "";
}
