import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { localCourier } from "#runtime/oauth/courier.ts";
import { appOf } from "#runtime/oauth/managed-apps.ts";
import { startRefresh } from "#runtime/worker/refresh.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { TestApi } from "#test/api/server.ts";
import { VENDOR_APP, startVendor, vendorConnector } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";
import { must } from "#test/connect/kit.ts";
import { definitionFor, startRefreshBench } from "#test/oauth/refresh/fixture.ts";
import type { RefreshBench } from "#test/oauth/refresh/fixture.ts";
import { startTokenEndpoint } from "#test/oauth/refresh/token-endpoint.ts";
import type { TokenEndpoint } from "#test/oauth/refresh/token-endpoint.ts";

let api: TestApi;
let tarpit: TokenEndpoint;
let slow: RefreshBench;
let vendor: Vendor;
beforeAll(async () => {
  api = await startApi();
  tarpit = await startTokenEndpoint();
  slow = await startRefreshBench(definitionFor(tarpit.port), api.db);
  vendor = await startVendor();
});
afterAll(async () => {
  await vendor.close();
  await slow.parts.egress.close();
  await api.close();
});

/** A connection of another organization whose token is due. */
async function makeDue(): Promise<void> {
  const tenant = await makeTenant(api);
  await must(tenant, "POST", "/environments", { slug: "trial" });
  await must(tenant, "POST", "/connectors", { definition: vendorConnector(vendor) });
  await must(tenant, "POST", "/oauth-apps", { connector: "vendor", ...VENDOR_APP });
  await must(tenant, "POST", "/connections", { connector: "vendor", method: "app", environment: "trial" });
  await asOrganization(
    api.db.database,
    tenant.organizationId,
    (sql) => sql`update credentials set due_at = now() where organization_id = ${tenant.organizationId}`,
  );
}

test("an organization whose many providers never answer does not hold up the renewals of another one", async () => {
  tarpit.before = () => () => undefined;
  const granted = Array.from({ length: 160 }, () => tarpit.grant());
  await slow.connectMany(granted, () => 0);
  // Half of them are made with the operator's app: for breakers and quotas that is another provider.
  await slow.query(
    (sql) => sql`
      update credentials set oauth_app_id = null, due_at = now() - interval '1 hour'
      where organization_id = ${slow.organizationId} and connection_id in (
        select connection_id from credentials where organization_id = ${slow.organizationId} limit 80)`,
  );
  const parts = slow.otherParts();
  const managedApp = () => appOf(null, "client", { clientSecret: "client-secret" });
  const courier = localCourier({ ...parts, catalogue: { ...parts.catalogue, managedApp } });
  const refreshing = startRefresh({ ...api.parts, courier, now: () => new Date() });
  try {
    await vi.waitFor(
      () => {
        expect(tarpit.calls.length).toBeGreaterThanOrEqual(90);
      },
      { timeout: 20_000 },
    );
    await makeDue();
    const tokenCalls = (): number => vendor.requests.filter(({ url }) => url === "/token").length;
    expect(tokenCalls()).toBe(1);
    await vi.waitFor(
      () => {
        expect(tokenCalls()).toBe(2);
      },
      { timeout: 10_000 },
    );
  } finally {
    await tarpit.close();
    await refreshing.stop();
    await courier.close();
  }
}, 60_000);
