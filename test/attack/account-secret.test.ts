import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Problem } from "#test/api/client.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";
import { startVendor, vendorConnector } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";

let api: TestApi;
let tenant: Tenant;
let vendor: Vendor;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
  vendor = await startVendor();
});
afterAll(async () => {
  await vendor.close();
  await api.close();
});

describe("the account of a connection, which everybody may read", () => {
  test.each([
    ["the key that was pasted", "key", "{apiKey}"],
    ["the password", "basic", "{username}/{password}"],
    ["the token", "bearer", "{token}"],
    ["the access token", "app", "{accessToken}"],
  ])("is not %s, whatever the definition says", async (_, method, place) => {
    const definition = vendorConnector(vendor, `leak-${method}`);
    const { status, body } = await tenant.client.send<Problem>("POST", "/connectors", {
      definition: {
        ...definition,
        auth: definition.auth.filter(({ id }) => id === method),
        verification: { path: "/me", account: { id: "id", name: place } },
      },
    });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: "definition.verification.account.name" }]);
  });
});
