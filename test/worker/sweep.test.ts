import { afterAll, beforeAll, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { newId } from "#runtime/ids.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.call("POST", "/customers", { slug: "acme" });
});
afterAll(async () => product.close());

/** A connect session that ended so many days ago, with an authorization that it began. */
async function endedSession(daysAgo: number): Promise<string> {
  const { status, body } = await product.call<{ id: string }>("POST", "/connect-sessions", {
    customer: "acme",
    environment: "development",
    connectors: ["github"],
  });
  expect(status).toBe(201);
  const { organizationId } = product;
  await asOrganization(product.db.database, organizationId, async (sql) => {
    const stateId = newId();
    await sql`
      insert into oauth_states (id, organization_id, hash, connector, connect_session_id, draft_sealed, expires_at)
      values (${stateId}, ${organizationId}, ${Buffer.from(stateId)}, 'github', ${body.id}, ${Buffer.alloc(1)},
        now() + interval '1 hour')`;
    await sql`
      update connect_sessions set expires_at = now() - make_interval(days => ${daysAgo})
      where organization_id = ${organizationId} and id = ${body.id}`;
  });
  return body.id;
}

const statusOf = async (session: string): Promise<number> =>
  (await product.call("GET", `/connect-sessions/${session}`)).status;

test("connect sessions are forgotten a month after they ended, with what they began, and not sooner", async () => {
  const [recent, old] = [await endedSession(29), await endedSession(31)];
  await eventually("the old one is gone", async () => (await statusOf(old)) === 404);
  expect(await statusOf(recent)).toBe(200);
  const states = await asOrganization(
    product.db.database,
    product.organizationId,
    (sql) => sql`
      select connect_session_id from oauth_states where organization_id = ${product.organizationId}`,
  );
  expect(states).toEqual([{ connectSessionId: recent }]);
});
