import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, logsOf, runWorkflow, triedOnce } from "#test/support/workflow.ts";

const SECRETS = "/environments/development/secrets";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.call("POST", "/customers", {
    slug: "acme",
    name: "Acme",
    externalId: "42",
    metadata: { plan: "pro" },
  });
  await product.call("POST", "/customers", { slug: "globex" });
  await product.call("PUT", `${SECRETS}/SIGNING_KEY`, { value: "everybodys-signing-key" });
  await product.call("PUT", `${SECRETS}/SIGNING_KEY?customer=acme`, { value: "signing-key-of-acme" });
  await deployWorkflow(
    product,
    "sign",
    triedOnce("(ctx) => ctx.hmac('SIGNING_KEY', 'data')", "needs: { secrets: { SIGNING_KEY: {} } }"),
  );
});
afterAll(async () => product.close());

const signed = (key: string): string => createHmac("sha256", key).update("data").digest("hex");

test("a customer's own secret wins in that customer's runs, and in no other", async () => {
  expect((await runWorkflow(product, "sign", null, { customer: "acme" })).result).toBe(
    signed("signing-key-of-acme"),
  );
  for (const options of [{}, { customer: "globex" }]) {
    expect((await runWorkflow(product, "sign", null, options)).result).toBe(signed("everybodys-signing-key"));
  }
});

test("runs of different customers at the same time keep their secrets apart, on the wire too", async () => {
  const server = await serve((got, response) => response.end(got.headers.authorization));
  const values: Record<string, string> = { acme: "token-of-acme-0001", globex: "token-of-globex-0002" };
  for (const [customer, value] of Object.entries(values)) {
    await product.call("PUT", `${SECRETS}/TOKEN?customer=${customer}`, { value, hosts: [server.pattern] });
  }
  await deployWorkflow(
    product,
    "call",
    triedOnce(
      `async (ctx) => {
        const answer = await ctx.fetch(ctx.input, { headers: { authorization: "Bearer " + ctx.secrets.TOKEN, "x-who": ctx.customer.slug } });
        const text = await answer.text();
        console.log(text);
        return text === "Bearer " + ctx.secrets.TOKEN;
      }`,
      "needs: { secrets: { TOKEN: {} } }",
    ),
  );
  const customers = ["acme", "globex", "acme", "globex", "acme", "globex"];
  const runs = await Promise.all(
    customers.map(async (customer) => runWorkflow(product, "call", server.origin, { customer })),
  );
  expect(runs.map(({ status, result }) => [status, result])).toEqual(
    customers.map(() => ["completed", true]),
  );
  expect(server.received.length).toBe(customers.length);
  for (const { headers } of server.received) {
    expect(headers.authorization).toBe(`Bearer ${values[String(headers["x-who"])] ?? ""}`);
  }
  const logs = await Promise.all(runs.map(async ({ id }) => logsOf(product, id)));
  expect(JSON.stringify([runs, logs])).not.toMatch(/token-of-/);
});

test("a secret that only customers have is missing for others, before any code runs", async () => {
  await product.call("PUT", `${SECRETS}/OWN?customer=acme`, { value: "own-key-of-acme" });
  await deployWorkflow(
    product,
    "own",
    triedOnce("(ctx) => ctx.hmac('OWN', 'data')", "needs: { secrets: { OWN: {} } }"),
  );
  expect((await runWorkflow(product, "own", null, { customer: "acme" })).result).toBe(
    signed("own-key-of-acme"),
  );
  const other = await runWorkflow(product, "own", null, { customer: "globex" });
  expect(other).toMatchObject({ status: "failed", error: { code: "TENON_SECRET_MISSING" } });
  expect(other.error?.message).toContain('the customer "globex"');
});

test("removing an override gives the environment's value back", async () => {
  await product.call("POST", "/customers", { slug: "initech" });
  await product.call("PUT", `${SECRETS}/SIGNING_KEY?customer=initech`, { value: "signing-key-of-initech" });
  const run = async (): Promise<unknown> =>
    (await runWorkflow(product, "sign", null, { customer: "initech" })).result;
  expect(await run()).toBe(signed("signing-key-of-initech"));
  expect((await product.call("DELETE", `${SECRETS}/SIGNING_KEY?customer=initech`)).status).toBe(204);
  expect(await run()).toBe(signed("everybodys-signing-key"));
});

test("ctx.customer comes from the run, whatever the input says", async () => {
  await deployWorkflow(
    product,
    "who",
    triedOnce("(ctx) => { ctx.input.customer = 'mine'; return ctx.customer; }"),
  );
  const input = { customer: { slug: "globex" }, ctx: { customer: "globex" } };
  expect((await runWorkflow(product, "who", input, { customer: "acme" })).result).toMatchObject({
    slug: "acme",
    externalId: "42",
    metadata: { plan: "pro" },
  });
  expect((await runWorkflow(product, "who", input)).result).toBeNull();
});

test("code cannot change who its customer is", async () => {
  await deployWorkflow(
    product,
    "forge",
    triedOnce(
      `async (ctx) => {
        try { ctx.customer.slug = "globex"; } catch {}
        try { ctx.customer = { slug: "globex" }; } catch {}
        return [ctx.customer.slug, await ctx.hmac("SIGNING_KEY", "data")];
      }`,
      "needs: { secrets: { SIGNING_KEY: {} } }",
    ),
  );
  expect((await runWorkflow(product, "forge", null, { customer: "acme" })).result).toEqual([
    "acme",
    signed("signing-key-of-acme"),
  ]);
});

test("no run is started for a suspended or an unknown customer, and again for a reinstated one", async () => {
  await product.call("POST", "/customers", { slug: "hooli" });
  const start = async (customer: string) =>
    product.call("POST", "/runs?wait=30", { workflow: "sign", environment: "development", customer });
  await product.call("PATCH", "/customers/hooli", { status: "suspended" });
  const refused = await start("hooli");
  expect([refused.status, refused.body["code"]]).toEqual([409, "TENON_CUSTOMER_SUSPENDED"]);
  const unknown = await start("nobody");
  expect([unknown.status, unknown.body["code"]]).toEqual([404, "TENON_NOT_FOUND"]);
  const { body } = await product.call<{ data: unknown[] }>("GET", "/runs?customer=hooli");
  expect(body.data).toEqual([]);
  await product.call("PATCH", "/customers/hooli", { status: "active" });
  expect((await start("hooli")).body["status"]).toBe("completed");
});
