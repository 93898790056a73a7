import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { connect, makeConnector, runWith } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const CODE = `export const run = async (ctx) => (await ctx.connection.fetch("/x", { method: "POST" })).status;`;

test.each([
  ["a request with it", `fetch("/x", { method: "POST" })`, "fetch failed"],
  ["an action", "actions.plain()", "The request to localhost failed: "],
  [
    "an action that is code",
    "actions.coded()",
    'The action "coded" of "api" failed: The request to localhost',
  ],
])("a connection that breaks in %s is stored with the system's own code", async (_, call, message) => {
  const server = await serve((_request, response) => response.socket?.destroy());
  const connector = await makeConnector(product, server.port, {
    actions: [
      { slug: "plain", name: "Plain", http: { method: "POST", path: "/x" } },
      { slug: "coded", name: "Coded", code: CODE },
    ],
  });
  await connect(product, { connector, secrets: { token: "token-0123456789" } });
  const needs = { api: { connector } };
  const broken = {
    code: "TENON_FETCH_FAILED",
    reason: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET)$/),
  };
  const failed = await runWith(product, needs, `async (ctx) => { await ctx.connections.api.${call}; }`);
  expect(failed).toMatchObject({
    status: "failed",
    error: { ...broken, message: expect.stringContaining(message), location: { file: expect.any(String) } },
  });
  const caught = await runWith(
    product,
    needs,
    `async (ctx) => ctx.connections.api.${call}.catch(({ code, reason }) => ({ code, reason }))`,
  );
  expect(caught.result).toEqual(broken);
});
