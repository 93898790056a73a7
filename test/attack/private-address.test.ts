import { hostname } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow, triedOnce } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: { TENON_EGRESS_ALLOW: "" } });
});
afterAll(async () => product.close());

// `localhost` and this machine's own name are real names that resolve to addresses that are not public.
test.each(["localhost", "LOCALHOST.", "127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1", hostname()])(
  "%s is not reached where no private network is allowed, although the workflow declares it",
  async (host) => {
    const server = await serve((_, response) => response.end("reached"), { address: "0.0.0.0" });
    const url = `http://${host}:${String(server.port)}/`;
    const { hostname: canonical } = new URL(url);
    const declared = `http://${canonical.replace(/\.$/, "")}:${String(server.port)}`;
    const slug = `reach-${String(server.port)}`;
    await deployWorkflow(
      product,
      slug,
      triedOnce(
        "async (ctx) => (await ctx.fetch(ctx.input)).text()",
        `needs: { egress: [${JSON.stringify(declared)}] }`,
      ),
    );
    const run = await runWorkflow(product, slug, url);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_ADDRESS" } });
    expect(run.error?.message).toContain(canonical.replace(/^\[|\]$|\.$/g, ""));
    expect(server.connections()).toBe(0);
  },
);
