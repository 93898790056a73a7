import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

const VALUE = "sk_live_used_with_a_trace_31";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  for (const [name, reveal] of [
    ["OPEN", true],
    ["CLOSED", false],
  ] as const) {
    await product.call("PUT", `/environments/development/secrets/${name}`, {
      value: VALUE,
      hosts: [],
      reveal,
    });
  }
});
afterAll(async () => product.close());

interface AuditJson {
  readonly action: string;
  readonly actor: { readonly type: string; readonly id: string };
  readonly resource: { readonly type: string; readonly id: string };
}

let made = 0;

async function use(handler: string): Promise<{ run: RunJson; uses: string[] }> {
  const slug = `use-${String((made += 1))}`;
  const needs = "needs: { secrets: { OPEN: { reveal: true }, CLOSED: {} } }";
  await deployWorkflow(product, slug, triedOnce(handler, needs));
  const run = await runWorkflow(product, slug);
  const { body } = await product.call<{ data: AuditJson[] }>("GET", "/audit?limit=100");
  expect(JSON.stringify(body)).not.toContain(VALUE);
  const uses = body.data.filter(({ actor }) => actor.id === run.id);
  return { run, uses: uses.map(({ action, resource }) => `${action} ${resource.id}`).sort() };
}

test("every use of ctx.reveal and ctx.hmac is in the audit log, one entry for each", async () => {
  const { run, uses } = await use(`async (ctx) => {
    const value = await ctx.reveal("OPEN");
    await ctx.reveal("OPEN");
    const signature = await ctx.hmac("CLOSED", "data");
    await Promise.all([ctx.hmac("CLOSED", "other"), ctx.hmac("OPEN", "data")]);
    return { length: value.length, signature };
  }`);
  expect(run).toMatchObject({
    status: "completed",
    result: { length: VALUE.length, signature: createHmac("sha256", VALUE).update("data").digest("hex") },
  });
  expect(uses).toEqual([
    "secret.hmac CLOSED",
    "secret.hmac CLOSED",
    "secret.hmac OPEN",
    "secret.reveal OPEN",
    "secret.reveal OPEN",
  ]);
});

test("a placeholder and a refused reveal leave no use", async () => {
  const { run, uses } = await use(`async (ctx) => {
    const refused = await ctx.reveal("CLOSED").catch((error) => error.code);
    return [refused, ctx.secrets.CLOSED.startsWith("tnsec_"), typeof ctx.secrets.OPEN];
  }`);
  expect(run).toMatchObject({ status: "completed", result: ["TENON_REVEAL_DENIED", true, "string"] });
  expect(uses).toEqual([]);
});
