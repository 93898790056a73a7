import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { deployWorkflow, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import { connect, json, makeConnector, makeCustomer, runWith, setStatus } from "./connections.ts";

const HANDLER = `async (ctx) => (await (await ctx.connections.crm.fetch("/")).json()).who`;

let product: Product;
let acme: { readonly slug: string; readonly id: string };
let globex: { readonly slug: string; readonly id: string };
beforeAll(async () => {
  product = await startProduct();
  acme = await makeCustomer(product, "acme");
  globex = await makeCustomer(product, "globex");
});
afterAll(async () => product.close());

/** A server that says whose token it was sent; a connector of it. */
async function whoseServer() {
  const server = await serve((request, response) => {
    // Spelt apart, so that it is not taken for the credential itself.
    const who = (request.headers.authorization ?? "").replace("Bearer token-of-", "").split("").join("-");
    json(response, { who });
  });
  const connector = await makeConnector(product, server.port);
  return { server, connector };
}

const spelt = (name: string): string => name.split("").join("-");
const customerOf = ({ id }: { readonly id: string }) => ({ kind: "customer", customerId: id }) as const;

test("a run uses its own customer's connection, and a customer's never serves another's run", async () => {
  const { server, connector } = await whoseServer();
  await connect(product, { connector, owner: customerOf(acme), secrets: { token: "token-of-acme" } });
  const needs = { crm: { connector, owner: "customer" } };
  expect(await runWith(product, needs, HANDLER, { customer: "acme" })).toMatchObject({
    result: spelt("acme"),
  });
  const other = await runWith(product, needs, HANDLER, { customer: "globex" });
  expect(other).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_MISSING" } });
  expect(other.error?.message).toMatch(
    /customer "globex".*environment "development".*needs as "crm".*Ask the customer/,
  );
  const nobody = await runWith(product, needs, HANDLER);
  expect(nobody).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_MISSING" } });
  expect(nobody.error?.message).toContain("the run is for no customer");
  expect(server.received).toHaveLength(1);

  await connect(product, { connector, owner: customerOf(globex), secrets: { token: "token-of-globex" } });
  expect(await runWith(product, needs, HANDLER, { customer: "globex" })).toMatchObject({
    result: spelt("globex"),
  });
});

test("without a word the customer's own comes before the organization's; said, it is exactly that one", async () => {
  const { connector } = await whoseServer();
  await connect(product, { connector, secrets: { token: "token-of-all" } });
  const acmes = await connect(product, {
    connector,
    owner: customerOf(acme),
    secrets: { token: "token-of-acme" },
  });
  const either = { crm: { connector } };
  expect(await runWith(product, either, HANDLER, { customer: "acme" })).toMatchObject({
    result: spelt("acme"),
  });
  expect(await runWith(product, either, HANDLER, { customer: "globex" })).toMatchObject({
    result: spelt("all"),
  });
  expect(await runWith(product, either, HANDLER)).toMatchObject({ result: spelt("all") });
  const shared = { crm: { connector, owner: "organization" } };
  expect(await runWith(product, shared, HANDLER, { customer: "acme" })).toMatchObject({
    result: spelt("all"),
  });
  // A customer's own that is broken is not passed over in silence for somebody else's account.
  await setStatus(product, acmes, "disconnected");
  expect(await runWith(product, either, HANDLER, { customer: "acme" })).toMatchObject({
    error: { code: "TENON_CONNECTION_UNHEALTHY" },
  });
});

test("a connection of one user of a customer, or of another environment, is nobody's but theirs", async () => {
  const { server, connector } = await whoseServer();
  await product.call("POST", "/environments", { slug: "staging", name: "Staging" });
  await connect(product, {
    connector,
    owner: { kind: "user", customerId: acme.id, user: "ada" },
    secrets: { token: "token-of-ada" },
  });
  await connect(product, { connector, environment: "staging", secrets: { token: "token-of-staging" } });
  const run = await runWith(product, { crm: { connector } }, HANDLER, { customer: "acme" });
  expect(run).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_MISSING" } });
  expect(server.connections()).toBe(0);
});

test("several are nobody's choice: the run fails before any code, with their names", async () => {
  const { server, connector } = await whoseServer();
  await connect(product, { connector, name: "Sales", secrets: { token: "token-of-sales" } });
  const support = await connect(product, {
    connector,
    name: "Support",
    secrets: { token: "token-of-support" },
  });
  const run = await runWith(product, { crm: { connector } }, `() => { console.log("started"); }`);
  expect(run).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_AMBIGUOUS" } });
  expect(run.error?.message).toMatch(
    /2 of ".*" that the organization has.*"Sales" \(.{36}\), "Support" \(.{36}\).*all but one/,
  );
  const logs = await product.call<{ data: unknown[] }>("GET", `/runs/${run.id}/logs`);
  expect(logs.body.data).toEqual([]);
  expect(server.connections()).toBe(0);
  await setStatus(product, support, "disconnected");
  expect(await runWith(product, { crm: { connector } }, HANDLER)).toMatchObject({ result: spelt("sales") });
});

test.each([
  ["disconnected", {}],
  [
    "reauthorize",
    {
      main: {
        accessToken: "spent-0123456789",
        refreshToken: null,
        expiresAt: 1,
        refreshExpiresAt: null,
        scopes: [],
        issuedAt: 0,
      },
    },
  ],
])("one that is %s stops the run before any code, and says whom to ask", async (status, tokens) => {
  const server = await serve((_, response) => json(response, {}));
  const origin = `http://localhost:${String(server.port)}`;
  const connector = await makeConnector(product, server.port, {
    auth: [
      {
        id: "oauth",
        type: "oauth2",
        label: "OAuth",
        authorizeUrl: `${origin}/authorize`,
        tokenUrl: `${origin}/token`,
      },
    ],
  });
  const id = await connect(product, {
    connector,
    method: "oauth",
    name: "Sales",
    owner: customerOf(acme),
    tokens,
  });
  await setStatus(product, id, status);
  const run = await runWith(product, { crm: { connector } }, HANDLER, { customer: "acme" });
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_CONNECTION_UNHEALTHY" } });
  expect(run.error?.message).toContain('"Sales"');
  expect(run.error?.message).toMatch(/as "crm"; ask the customer "acme" to connect it again/);
  expect(run.error?.message).toContain(id);
  expect(server.connections()).toBe(0);
});

test("an optional one may be absent, and an undeclared one says what to add", async () => {
  const { connector } = await whoseServer();
  const absent = await runWith(
    product,
    { crm: { connector, optional: true } },
    `(ctx) => [ctx.connections.crm === undefined, Object.keys(ctx.connections), "crm" in ctx.connections]`,
  );
  expect(absent.result).toEqual([true, ["crm"], true]);
  const undeclared = await runWith(product, {}, `(ctx) => ctx.connections.crm.fetch("/")`);
  expect(undeclared).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_UNDECLARED" } });
  expect(undeclared.error?.message).toContain('needs: { connections: { crm: { connector: "…" } } }');
});

test("a version that names an unknown connector is not published, and the error names it", async () => {
  const source = triedOnce("() => 1", `needs: { connections: { crm: { connector: "no-such-thing" } } },`);
  await expect(deployWorkflow(product, "unknown-connector", source)).rejects.toThrow(
    /needs\.connections\.crm\.connector[^]*"?no-such-thing/,
  );
  for (const need of [
    `{ connector: "Not A Slug" }`,
    `{ connector: "http", owner: "everybody" }`,
    `{}`,
    `{ connector: "http", name: "x" }`,
  ]) {
    const wrong = triedOnce("() => 1", `needs: { connections: { crm: ${need} } },`);
    await expect(deployWorkflow(product, "wrong-need", wrong)).rejects.toThrow(/needs\.connections\.crm/);
  }
});

test("its use is audited once per run and connection, and when it was used last is known", async () => {
  const { connector } = await whoseServer();
  const id = await connect(product, { connector, secrets: { token: "token-of-all" } });
  await product.call("POST", "/workflows", { slug: "audited" });
  await deployWorkflow(
    product,
    "audited",
    `import { defineWorkflow } from "tenon";
export default defineWorkflow({ retry: { maxAttempts: 2, initialInterval: "1ms" }, needs: { connections: { a: { connector: "${connector}" }, b: { connector: "${connector}" } } } },
  async (ctx) => { await ctx.connections.a.fetch("/"); if (ctx.run.attempt === 1) throw new Error("once more"); return ctx.run.attempt; });`,
  );
  const run = await runWorkflow(product, "audited");
  expect(run).toMatchObject({ status: "completed", result: 2 });
  const uses = await product.call<{ data: { action: string; actor: unknown; resource: unknown }[] }>(
    "GET",
    "/audit?limit=100",
  );
  const own = uses.body.data.filter(
    (event) => event.action === "connection.use" && JSON.stringify(event).includes(run.id),
  );
  expect(own).toHaveLength(1);
  expect(JSON.stringify(own)).toContain(id);
  await eventually("the connection's last use is written", async () => {
    const [row] = await asOrganization(
      product.db.database,
      product.organizationId,
      async (sql) => sql<{ lastUsedAt: Date | null }[]>`
        select last_used_at from connections where organization_id = ${product.organizationId} and id = ${id}`,
    );
    return row?.lastUsedAt !== null && row?.lastUsedAt !== undefined;
  });
});
