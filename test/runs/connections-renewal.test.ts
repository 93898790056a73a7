import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import type { Received } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { findIn, findInDatabase, needles } from "#test/support/search.ts";
import { logsOf } from "#test/support/workflow.ts";
import { connect, json, makeConnector, makeOAuthApp, runWith } from "./connections.ts";

const FIRST = "first-access-token-7f3a9b21";
const SECOND = "second-access-token-c04e81d5";
const REFRESH = "refresh-token-5e1f0a77bd";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const token = (request: Received): string => (request.headers.authorization ?? "").replace("Bearer ", "");

/** A server whose first token has ended although nobody knew; its token endpoint gives the second. */
async function renewing(
  options: {
    readonly expired?: object[];
    readonly answer?: (
      request: Received,
      ended: boolean,
    ) => { readonly status: number; readonly body: unknown };
    readonly tokenEndpoint?: object;
  } = {},
) {
  const answer =
    options.answer ?? ((_: Received, ended: boolean) => ({ status: ended ? 401 : 200, body: { ended } }));
  const tokenCalls: Received[] = [];
  const server = await serve((request, response) => {
    if (request.url === "/token") {
      tokenCalls.push(request);
      json(
        response,
        options.tokenEndpoint ?? {
          access_token: SECOND,
          refresh_token: REFRESH,
          expires_in: 3600,
          token_type: "Bearer",
        },
      );
      return;
    }
    const { status, body } = answer(request, token(request) !== SECOND);
    json(response, body, status);
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
    ...(options.expired === undefined ? {} : { expired: options.expired }),
  });
  const oauthAppId = await makeOAuthApp(product, connector);
  const now = Date.now();
  const main = {
    accessToken: FIRST,
    refreshToken: REFRESH,
    expiresAt: now + 3_600_000,
    refreshExpiresAt: null,
    scopes: [],
    issuedAt: now - 60_000,
  };
  await connect(product, { connector, method: "oauth", oauthAppId, tokens: { main } });
  const requests = (): readonly Received[] => server.received.filter(({ url }) => url !== "/token");
  return { needs: { api: { connector } }, tokenCalls, requests };
}

describe("a token that ended", () => {
  test("is renewed once, whoever asks, and the requests are repeated", async () => {
    const { needs, tokenCalls, requests } = await renewing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const answers = await Promise.all(["/a", "/b", "/c"].map((path) => ctx.connections.api.fetch(path)));
        const posted = await ctx.connections.api.fetch("/d", { method: "POST", body: "x" });
        return [...answers, posted].map(({ status }) => status);
      }`,
    );
    expect(run.result).toEqual([200, 200, 200, 200]);
    expect(tokenCalls).toHaveLength(1);
    expect(requests().filter((request) => token(request) === FIRST)).toHaveLength(3);
    expect(requests().filter((request) => token(request) === SECOND)).toHaveLength(4);
  });

  test("a request that was answered 401 was not acted upon: even a POST is repeated, with its body", async () => {
    const { needs, requests } = await renewing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/orders", { method: "POST", body: "order 1" })).status`,
    );
    expect(run.result).toBe(200);
    expect(requests().map(({ method, body }) => [method, body])).toEqual([
      ["POST", "order 1"],
      ["POST", "order 1"],
    ]);
  });

  test("is told by a code in a body of 200: what is idempotent is repeated, a POST is not", async () => {
    const { needs, tokenCalls, requests } = await renewing({
      expired: [{ status: [200], path: "errors.0.code", equals: "602" }],
      answer: (_, ended) => ({ status: 200, body: ended ? { errors: [{ code: 602 }] } : { ok: true } }),
    });
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const post = await (await ctx.connections.api.fetch("/p", { method: "POST", body: "x" })).json();
        const get = await (await ctx.connections.api.fetch("/g")).json();
        return { post, get };
      }`,
    );
    expect(run.result).toEqual({ post: { errors: [{ code: 602 }] }, get: { ok: true } });
    expect(tokenCalls).toHaveLength(1);
    expect(requests().map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /p", "GET /g"]);
  });

  test("is repeated where the request has an idempotency key", async () => {
    const { needs, requests } = await renewing({
      expired: [{ status: [403] }],
      answer: (_, ended) => ({ status: ended ? 403 : 200, body: {} }),
    });
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/p", { method: "POST", body: "x", headers: { "Idempotency-Key": ctx.run.id } })).status`,
    );
    expect(run.result).toBe(200);
    expect(requests()).toHaveLength(2);
  });

  test("that is refused again is the workflow's answer: nothing goes in circles", async () => {
    const { needs, tokenCalls, requests } = await renewing({ answer: () => ({ status: 401, body: {} }) });
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const statuses = [];
        for (let n = 0; n < 3; n += 1) statuses.push((await ctx.connections.api.fetch("/x")).status);
        return statuses;
      }`,
    );
    expect(run.result).toEqual([401, 401, 401]);
    expect(tokenCalls).toHaveLength(1);
    expect(requests()).toHaveLength(4);
  });

  test("the renewed one is a placeholder too, wherever the server repeats it", async () => {
    const { needs } = await renewing({
      answer: (request, ended) => ({
        status: ended ? 401 : 200,
        body: { you: token(request), before: FIRST },
      }),
    });
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const echoed = await (await ctx.connections.api.fetch("/x")).text();
        ctx.log.info(echoed, { echoed });
        return echoed;
      }`,
    );
    expect(run.status).toBe("completed");
    expect(run.result).toMatch(/"you":"tncred_[0-9a-f]{32}","before":"tncred_[0-9a-f]{32}"/);
    const shown = JSON.stringify([run, await logsOf(product, run.id)]);
    for (const value of [FIRST, SECOND, REFRESH]) {
      expect(findIn(Buffer.from(shown), needles(value))).toEqual([]);
      expect((await findInDatabase(product.db.url, needles(value))).found).toEqual([]);
    }
  });

  test("a grant that was revoked ends the request with whom to ask", async () => {
    const { needs } = await renewing({ tokenEndpoint: { error: "invalid_grant" } });
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x")).status`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_REAUTHORIZE" } });
    expect(run.error?.message).toMatch(/Main.*reconnect/);
  });
});
