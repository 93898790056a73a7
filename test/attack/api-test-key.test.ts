import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client, Problem } from "#test/api/client.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

let api: TestApi;
let tenant: Tenant;
let testKey: Client;

beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  testKey = await tenant.withKey({ kind: "test" });
  await tenant.client.send("POST", "/environments", { slug: "live", production: true });
  await tenant.client.send("POST", "/environments", { slug: "trial" });
  for (const slug of ["in-production", "on-trial"]) {
    await tenant.client.send("POST", "/customers", { slug });
  }
  const secret = { name: "TOKEN", value: "of the customer" };
  await tenant.client.send("POST", "/environments/live/secrets?customer=in-production", secret);
  await tenant.client.send("POST", "/environments/trial/secrets?customer=on-trial", secret);
});
afterAll(async () => api.close());

test.each([
  ["suspends", { status: "suspended" }],
  ["feeds other facts to the runs of", { metadata: { plan: "enterprise" } }],
  ["renames", { name: "taken over" }],
])("a leaked test key never %s a customer who is in production", async (_, body) => {
  const answer = await testKey.send<Problem>("PATCH", "/customers/in-production", body);
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: "TENON_TEST_KEY" });
  expect((await testKey.send("PATCH", "/customers/on-trial", body)).status).toBe(200);
  expect((await tenant.client.send("PATCH", "/customers/in-production", body)).status).toBe(200);
});

test("a leaked test key does not delete a customer who is in production", async () => {
  const answer = await testKey.send<Problem>("DELETE", "/customers/in-production");
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: "TENON_TEST_KEY" });
});
