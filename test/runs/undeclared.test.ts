import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.call("PUT", "/environments/development/secrets/ERP_KEY", { value: "erp-key-value-1" });
  await product.call("PUT", "/environments/development/variables/GRACE_DAYS", { value: "14" });
});
afterAll(async () => product.close());

let made = 0;

/** A workflow with the default retries: what it did not declare is not worth a second try. */
async function runWith(handler: string, needs = "{}", input: unknown = null): Promise<RunJson> {
  const slug = `undeclared-${String((made += 1))}`;
  await deployWorkflow(
    product,
    slug,
    `import { defineWorkflow } from "tenon"; export default defineWorkflow({ needs: ${needs} }, ${handler});`,
  );
  return runWorkflow(product, slug, input);
}

test.each([
  ["a secret", "(ctx) => ctx.secrets.ERP_KEY", "needs: { secrets: { ERP_KEY: {} } }"],
  ["a revealed secret", "async (ctx) => await ctx.reveal('ERP_KEY')", "needs: { secrets: { ERP_KEY: {} } }"],
  [
    "a secret to sign with",
    "async (ctx) => await ctx.hmac('ERP_KEY', 'x')",
    "needs: { secrets: { ERP_KEY: {} } }",
  ],
  ["a variable", "(ctx) => ctx.variables.GRACE_DAYS", "needs: { variables: { GRACE_DAYS: {} } }"],
])("%s that was not declared fails the run at once, with the line to add", async (_, handler, line) => {
  const run = await runWith(handler);
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_UNDECLARED" } });
  expect(run.error?.message).toContain(line);
  expect(run.error?.location).toMatchObject({ line: 1 });
  expect(JSON.stringify(run)).not.toContain("erp-key-value-1");
});

test("a host that was not declared is refused before a connection, with the pattern to add", async () => {
  const server = await serve((_, response) => response.end("reached"));
  const run = await runWith("async (ctx) => (await ctx.fetch(ctx.input)).status", "{}", server.origin);
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_EGRESS_DENIED" } });
  expect(run.error?.message).toContain(`"${server.pattern}" to needs.egress`);
  expect(run.error?.location).toMatchObject({ line: 1 });
  expect(server.connections()).toBe(0);
  const declared = await runWith(
    "async (ctx) => (await ctx.fetch(ctx.input)).text()",
    `{ egress: ["${server.pattern}"] }`,
    server.origin,
  );
  expect(declared).toMatchObject({ status: "completed", result: "reached" });
});

test("a secret that its owner does not allow to be revealed stays closed, and says what both sides must do", async () => {
  const run = await runWith("(ctx) => ctx.reveal('ERP_KEY')", "{ secrets: { ERP_KEY: { reveal: true } } }");
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_REVEAL_DENIED" } });
  expect(run.error?.message).toContain("needs: { secrets: { ERP_KEY: { reveal: true } } }");
});

test("a secret sent to a host that it is not bound to is refused at once", async () => {
  const server = await serve((_, response) => response.end("reached"));
  const run = await runWith(
    "async (ctx) => (await ctx.fetch(ctx.input, { headers: { 'x-key': ctx.secrets.ERP_KEY } })).status",
    `{ secrets: { ERP_KEY: {} }, egress: ["${server.pattern}"] }`,
    server.origin,
  );
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_SECRET_HOST" } });
  expect(server.connections()).toBe(0);
});

test("a missing variable fails the run before its code starts", async () => {
  const run = await runWith("(ctx) => console.log('started')", "{ variables: { NOT_THERE: {} } }");
  expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code: "TENON_VARIABLE_MISSING" } });
  expect(run.error?.message).toMatch(/NOT_THERE.*development/);
});

test("looking around shows only what was declared", async () => {
  const run = await runWith(
    `(ctx) => [Object.keys(ctx.secrets), Object.keys(ctx.variables), "GRACE_DAYS" in ctx.variables, JSON.stringify(ctx.variables)]`,
  );
  expect(run.result).toEqual([[], [], false, "{}"]);
});
