import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "./client.ts";
import { insertVersion } from "./fixtures.ts";
import { makeTenant, startApi } from "./server.ts";
import type { Tenant, TestApi } from "./server.ts";

// Where a run goes is remembered. Each test starts runs so that it is, changes it, and starts another.
let api: TestApi;
let tenant: Tenant;
let client: Client;
const WHERE = { workflow: "flow", environment: "dev" };
const NUMBERS = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };

beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => api.close());

async function deployed(): Promise<void> {
  tenant = await makeTenant(api);
  ({ client } = tenant);
  await client.send("POST", "/environments", { slug: "dev" });
  await client.send("POST", "/workflows", { slug: "flow" });
  await insertVersion(api, tenant, "flow");
  await deploy(1);
}

async function deploy(version: number): Promise<void> {
  expect(
    await client.send("POST", "/workflows/flow/deployments", { environment: "dev", version }),
  ).toMatchObject({
    status: 201,
  });
}

async function start(by: Client = client, more: object = {}) {
  return by.send("POST", "/runs", { ...WHERE, ...more });
}

async function startTwice(by: Client = client, more: object = {}): Promise<void> {
  for (let times = 0; times < 2; times++) {
    expect(await start(by, more)).toMatchObject({ status: 202, body: { version: 1 } });
  }
}

test("the version that is live now is run, by its own input schema", async () => {
  await deployed();
  await startTwice(client, { input: { n: "one" } });
  await insertVersion(api, tenant, "flow", { input: NUMBERS });
  await deploy(2);
  expect(await start(client, { input: { n: "one" } })).toMatchObject({ status: 422 });
  expect(await start(client, { input: { n: 1 } })).toMatchObject({ status: 202, body: { version: 2 } });
  await deploy(1);
  expect(await start(client, { input: { n: "one" } })).toMatchObject({ status: 202, body: { version: 1 } });
});

test("a workflow that was made inactive runs no more, and again when it is active", async () => {
  await deployed();
  await startTwice();
  await client.send("PATCH", "/workflows/flow", { status: "inactive" });
  expect(await start()).toMatchObject({ status: 409, body: { code: "TENON_WORKFLOW_INACTIVE" } });
  await client.send("PATCH", "/workflows/flow", { status: "active" });
  expect(await start()).toMatchObject({ status: 202 });
});

test("another workflow that got the name is the one that runs", async () => {
  await deployed();
  await startTwice();
  const first = await client.get("/workflows/flow");
  expect(await client.send("DELETE", "/workflows/flow?force=true")).toMatchObject({ status: 204 });
  expect(await start()).toMatchObject({ status: 404 });
  await client.send("POST", "/workflows", { slug: "flow" });
  expect(await start()).toMatchObject({ status: 409, body: { code: "TENON_NOT_DEPLOYED" } });
  await insertVersion(api, tenant, "flow");
  await deploy(1);
  const run = await start();
  expect(run).toMatchObject({ status: 202, body: { workflow: { slug: "flow" } } });
  expect(run.body["workflow"]).not.toMatchObject({ id: first.body.id });
});

test("a suspended customer starts nothing", async () => {
  await deployed();
  await client.send("POST", "/customers", { slug: "acme" });
  await startTwice(client, { customer: "acme" });
  await client.send("PATCH", "/customers/acme", { status: "suspended" });
  expect(await start(client, { customer: "acme" })).toMatchObject({
    status: 409,
    body: { code: "TENON_CUSTOMER_SUSPENDED" },
  });
  expect(await start()).toMatchObject({ status: 202, body: { customer: null } });
});

test("a test key stops where its environment becomes a production one, or a live key went first", async () => {
  await deployed();
  const testKey = await tenant.withKey({ kind: "test" });
  await startTwice(testKey);
  await client.send("PATCH", "/environments/dev", { production: true });
  expect(await start(testKey)).toMatchObject({ status: 403, body: { code: "TENON_TEST_KEY" } });
  await startTwice();
  expect(await start(testKey)).toMatchObject({ status: 403, body: { code: "TENON_TEST_KEY" } });
});

test("another organization with the same names runs its own", async () => {
  await deployed();
  await startTwice();
  const mine = await client.get("/workflows/flow");
  await deployed();
  const run = await start();
  expect(run).toMatchObject({ status: 202 });
  expect(run.body["workflow"]).not.toMatchObject({ id: mine.body.id });
});

test("a repeated request is answered with its run, wherever runs go by then", async () => {
  await deployed();
  const key = { "idempotency-key": "once" };
  const send = async () => client.send("POST", "/runs", WHERE, key);
  const [first, second] = [await send(), await send()];
  expect(second.body.id).toBe(first.body.id);
  await insertVersion(api, tenant, "flow");
  await deploy(2);
  expect((await send()).body).toMatchObject({ id: first.body.id, version: 1 });
});
