import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { vendorConnector, startVendor } from "#test/api/vendor.ts";
import type { Vendor } from "#test/api/vendor.ts";
import { must, newSession, openPage, startBench } from "#test/connect/kit.ts";
import type { ConnectBench, Visitor } from "#test/connect/kit.ts";

let bench: ConnectBench;
let vendor: Vendor;
beforeAll(async () => {
  bench = await startBench();
  vendor = await startVendor();
  await must(bench.tenant, "POST", "/connectors", { definition: vendorConnector(vendor) });
});
afterAll(async () => {
  await vendor.close();
  await bench.close();
});

const open = async (connectors: readonly string[]): Promise<Visitor> =>
  openPage(bench.api, await newSession(bench.tenant, { connectors }));

const count = async (table: "connections" | "oauth_states"): Promise<number> => {
  const { organizationId } = bench.tenant;
  const [row] = await asOrganization(
    bench.api.db.database,
    organizationId,
    (sql) => sql<{ count: number }[]>`
      select count(*)::integer as count from ${sql(table)} where organization_id = ${organizationId}`,
  );
  return row?.count ?? 0;
};

/** Asks again and again, a few at a time, until it is refused. */
async function flood(ask: () => Promise<Response>): Promise<Response> {
  for (let round = 0; round < 100; round += 1) {
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    const refused = answers.find(({ ok }) => !ok);
    if (refused !== undefined) {
      return refused;
    }
  }
  throw new Error("nobody stopped it");
}

describe("a customer who never stops", () => {
  test("tries out a bounded number of keys, and holds up no other customer", async () => {
    const visitor = await open(["vendor"]);
    const before = vendor.requests.length;
    const paste = async (of: Visitor) =>
      of.ask("/connections", { connector: "vendor", method: "key", fields: { apiKey: "guessed" } });
    const statuses = await Promise.all(
      Array.from({ length: 130 }, async () => (await paste(visitor)).status),
    );
    expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(120);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(vendor.requests.length - before).toBeLessThanOrEqual(120);
    const other = await open(["vendor"]);
    expect((await paste(other)).status).toBe(422);
  }, 60_000);

  test("makes a bounded number of connections of one connector, and may still renew them", async () => {
    const visitor = await open(["vendor"]);
    const paste = async (connection: string | null, account: string) => {
      vendor.accounts.set(`key-of-${account}`, { id: account, name: account });
      const fields = { apiKey: `key-of-${account}` };
      return visitor.ask("/connections", { connector: "vendor", method: "key", connection, fields });
    };
    let accounts = 0;
    const refused = await flood(async () => paste(null, String((accounts += 1))));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "TENON_CONNECT_TOO_MANY" });
    expect(await count("connections")).toBeLessThan(60);
    const { data } = await must<{ data: { id: string; account: { id: string } }[] }>(
      bench.tenant,
      "GET",
      "/connections?limit=1",
    );
    expect((await paste(data[0]?.id ?? "", data[0]?.account.id ?? "")).status).toBe(200);
  }, 60_000);

  test("begins a bounded number of authorizations", async () => {
    const visitor = await open(["acme-crm"]);
    const refused = await flood(async () => (await visitor.authorize({ connector: "acme-crm" })).response);
    expect(await refused.text()).toContain("TENON_CONNECT_TOO_MANY");
    expect(await count("oauth_states")).toBeLessThan(120);
  }, 60_000);
});
