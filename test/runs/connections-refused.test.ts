import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { connect, json, makeConnector, makeOAuthApp, runWith } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

test("an action whose token is refused, however new it is, fails with what to do", async () => {
  let tokenCalls = 0;
  const server = await serve((request, response) => {
    if (request.url !== "/token") {
      json(response, { error: "no access" }, 401);
      return;
    }
    tokenCalls += 1;
    json(response, {
      access_token: `at_${String(tokenCalls)}`,
      refresh_token: "rt",
      expires_in: 3600,
      token_type: "Bearer",
    });
  });
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
    actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
  });
  const now = Date.now();
  const main = {
    accessToken: "at_0",
    refreshToken: "rt",
    expiresAt: now + 3_600_000,
    refreshExpiresAt: null,
    scopes: [],
    issuedAt: now,
  };
  const oauthAppId = await makeOAuthApp(product, connector);
  await connect(product, { connector, method: "oauth", oauthAppId, tokens: { main } });
  const run = await runWith(
    product,
    { api: { connector } },
    `async (ctx) => {
      const failures = [];
      for (let n = 0; n < 2; n += 1) {
        try { await ctx.connections.api.actions.getThing(); } catch (error) { failures.push(error.message); }
      }
      return failures;
    }`,
  );
  const told = "The provider refused a renewed token too. Look whether the account may do this";
  expect(run.result).toEqual([expect.stringContaining(told), expect.stringContaining(told)]);
  // A run of its own meets the token that was just renewed.
  const next = await runWith(
    product,
    { api: { connector } },
    `async (ctx) => ctx.connections.api.actions.getThing()`,
  );
  expect(next).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_FAILED" } });
  expect(next.error?.message).toMatch(
    /was answered with 401: .*issued seconds ago.*try again in ten seconds/,
  );
  expect(tokenCalls).toBe(1);
});
