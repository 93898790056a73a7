import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "#test/api/client.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";
import { must } from "#test/connect/kit.ts";
import { appOf } from "#runtime/oauth/managed-apps.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  Object.assign(api.parts.catalogue, {
    managedApp: () => appOf(null, "operators-client", { clientSecret: "operators-secret" }),
  });
  tenant = await makeTenant(api);
  await must(tenant, "POST", "/environments", { slug: "trial" });
});
afterAll(async () => api.close());

const connect = async (connector: string, fields: object) =>
  tenant.client.send<Problem>("POST", "/connections", {
    connector,
    method: "client-credentials",
    environment: "trial",
    fields,
    verify: false,
  });

// The tokens of the app itself open what the operator let it open: they are nobody's but the operator's.
test.each([
  ["salesforce", { loginHost: "operator.my.salesforce.com" }],
  ["auth0", { tenantHost: "operator.auth0.com" }],
])("the operator's app of %s never connects as itself for an organization", async (connector, fields) => {
  const { status, body } = await connect(connector, fields);
  expect({ status, code: body.code }).toEqual({ status: 409, code: "TENON_OAUTH_APP_MISSING" });
});

test("it still sends people on to allow access to their own accounts", async () => {
  const { authorizeUrl } = await must<{ authorizeUrl: string }>(tenant, "POST", "/connections/authorize", {
    connector: "salesforce",
    environment: "trial",
  });
  expect(new URL(authorizeUrl).searchParams.get("client_id")).toBe("operators-client");
});
