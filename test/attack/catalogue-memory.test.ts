import { afterAll, beforeAll, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { createCatalogue } from "#runtime/oauth/catalogue.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  tenant = await makeTenant(api);
});
afterAll(async () => api.close());

/** A definition of some 2 million characters. */
const largeDefinition = (slug: string) => ({
  slug,
  name: "Large",
  hosts: ["api.acme.test"],
  baseUrl: "https://api.acme.test",
  auth: [{ id: "none", type: "none", label: "Nothing" }],
  actions: Array.from({ length: 200 }, (_, n) => ({
    slug: `a-${String(n)}`,
    name: "A",
    description: "x".repeat(10_000),
    http: { method: "GET", path: "/" },
  })),
});

async function insert(slug: string): Promise<void> {
  const { organizationId } = tenant;
  const id = newId();
  await asOrganization(api.db.database, organizationId, async (sql) => {
    await sql`insert into connectors (id, organization_id, slug) values (${id}, ${organizationId}, ${slug})`;
    await sql`
      insert into connector_versions (id, organization_id, connector_id, number, definition, hash)
      values (${newId()}, ${organizationId}, ${id}, 1, ${sql.json(largeDefinition(slug))}, ${slug})`;
  });
}

test("an organization of many large connectors does not fill the memory of a process with them", async () => {
  const catalogue = createCatalogue(api.db.database);
  const load = async (slug: string): Promise<Connector> =>
    (await catalogue.load(tenant.organizationId, slug)).connector;
  const slugs = Array.from({ length: 20 }, (_, n) => `large-${String(n)}`);
  const first: Connector[] = [];
  for (const slug of slugs) {
    await insert(slug);
    first.push(await load(slug));
  }
  // What is kept is the same object; what is not is parsed again. Newest first, so that asking displaces nothing kept.
  const kept: boolean[] = [];
  for (const slug of slugs.toReversed()) {
    kept.push((await load(slug)) === first[slugs.indexOf(slug)]);
  }
  expect(kept.slice(0, 3)).toEqual([true, true, true]);
  expect(kept.filter(Boolean).length).toBeLessThanOrEqual(8);
});
