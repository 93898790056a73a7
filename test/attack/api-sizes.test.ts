import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "#test/api/client.ts";
import { insertVersion } from "#test/api/fixtures.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

let api: TestApi;
let tenant: Tenant;

beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  await tenant.client.send("POST", "/environments", { slug: "dev" });
  await tenant.client.send("POST", "/workflows", { slug: "flow" });
  await insertVersion(api, tenant, "flow");
});
afterAll(async () => api.close());

test.each([2_147_483_648, Number.MAX_SAFE_INTEGER])(
  "the version %d, which no database column holds, is the caller's mistake",
  async (version) => {
    const answer = await tenant.client.send<Problem>("POST", "/runs", {
      workflow: "flow",
      environment: "dev",
      version,
    });
    expect({ status: answer.status, paths: answer.body.errors.map(({ path }) => path) }).toEqual({
      status: 400,
      paths: ["version"],
    });
  },
);

test("metadata that would make a page of customers a gigabyte is refused", async () => {
  const metadata = { note: "x".repeat(66_000) };
  for (const [method, path, body] of [
    ["POST", "/customers", { slug: "fat", metadata }],
    ["POST", "/customers", { slug: "slim" }],
    ["PATCH", "/customers/slim", { metadata }],
  ] as const) {
    const answer = await tenant.client.send<Problem>(method, path, body);
    expect({ path, status: answer.status }).toEqual({ path, status: "metadata" in body ? 400 : 201 });
  }
});
