import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { connect, json, makeConnector, runWith } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

/** A server that answers from a script, and the times of its requests. */
async function scripted(
  answers: readonly {
    readonly status: number;
    readonly headers?: () => Record<string, string>;
    readonly body?: unknown;
  }[],
  policy: object = {},
) {
  const times: number[] = [];
  const server = await serve((_, response) => {
    const next = answers[Math.min(times.length, answers.length - 1)];
    times.push(performance.now());
    json(response, next?.body ?? {}, next?.status ?? 500, next?.headers?.() ?? {});
  });
  const connector = await makeConnector(product, server.port, { policy });
  await connect(product, { connector, secrets: { token: "token-0123456789" } });
  return { needs: { api: { connector } }, server, times };
}

describe("retries", () => {
  test.each([
    ["seconds", { status: 429, headers: () => ({ "retry-after": "1" }) }],
    [
      "a date",
      { status: 429, headers: () => ({ "retry-after": new Date(Date.now() + 2_000).toUTCString() }) },
    ],
  ])("keep to Retry-After as %s, for a POST too: it was not acted upon", async (_, first) => {
    const { needs, times } = await scripted([first, { status: 200 }]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x", { method: "POST", body: "x" })).status`,
    );
    expect(run.result).toBe(200);
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  test("keep to the header that names the moment, and to a limit that a body tells", async () => {
    const { needs, times } = await scripted(
      [
        {
          status: 403,
          body: { error: "rate_limited" },
          headers: () => ({ "x-reset": String(Math.ceil(Date.now() / 1_000) + 1) }),
        },
        { status: 200 },
      ],
      { retry: { limited: [{ status: [403], path: "error", equals: "rate_limited" }], reset: "x-reset" } },
    );
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x", { method: "POST", body: "x" })).status`,
    );
    expect(run.result).toBe(200);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  test("of failures are for what is idempotent: a POST is made once", async () => {
    const { needs, server } = await scripted([{ status: 503 }, { status: 200 }, { status: 503 }]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => [
        (await ctx.connections.api.fetch("/get")).status,
        (await ctx.connections.api.fetch("/post", { method: "POST", body: "x" })).status,
      ]`,
    );
    expect(run.result).toEqual([200, 503]);
    expect(server.received.map(({ url }) => url)).toEqual(["/get", "/get", "/post"]);
  });

  test("end with the policy's last try, and a wait of hours is the workflow's to plan", async () => {
    const often = await scripted([{ status: 503, headers: () => ({ "retry-after": "0" }) }], {
      retry: { attempts: 4 },
    });
    const run = await runWith(
      product,
      often.needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x")).status`,
    );
    expect(run.result).toBe(503);
    expect(often.times).toHaveLength(4);
    const long = await scripted([{ status: 429, headers: () => ({ "retry-after": "7200" }) }]);
    const later = await runWith(
      product,
      long.needs,
      `async (ctx) => { const r = await ctx.connections.api.fetch("/x"); return [r.status, r.headers.get("retry-after")]; }`,
    );
    expect(later.result).toEqual([429, "7200"]);
    expect(long.times).toHaveLength(1);
  });

  test("come after a connection that broke, for what is idempotent", async () => {
    let tries = 0;
    const server = await serve((request, response) => {
      tries += 1;
      if (tries === 1 || request.method === "POST") {
        response.socket?.destroy();
      } else {
        json(response, { tries });
      }
    });
    const connector = await makeConnector(product, server.port);
    await connect(product, { connector, secrets: { token: "token-0123456789" } });
    const needs = { api: { connector } };
    const get = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x")).json()`,
    );
    expect(get.result).toEqual({ tries: 2 });
    const post = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/x", { method: "POST" })).status`,
    );
    expect(post).toMatchObject({ status: "failed", error: { code: "TENON_FETCH_FAILED" } });
    expect(tries).toBe(3);
  });
});

describe("the pace of a connection", () => {
  test("is its connector's rate, across runs", async () => {
    const { needs, times } = await scripted([{ status: 200 }], { rate: { requests: 3, per: 1 } });
    const handler = `async (ctx) => (await Promise.all(["/1", "/2", "/3", "/4"].map((path) => ctx.connections.api.fetch(path)))).map(({ status }) => status)`;
    const runs = await Promise.all([runWith(product, needs, handler), runWith(product, needs, handler)]);
    expect(runs.map(({ result }) => result)).toEqual([
      [200, 200, 200, 200],
      [200, 200, 200, 200],
    ]);
    expect(times).toHaveLength(8);
    // Never more than three in any second: the fourth after each comes a second later, less the way to the server.
    const gaps = times.slice(3).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(850);
  });

  test("is its connector's concurrency", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    let current = 0;
    const server = await serve((_, response) => {
      current += 1;
      most = Math.max(most, current);
      waiting.push(() => {
        current -= 1;
        json(response, {});
      });
      void once(response, "close");
    });
    const connector = await makeConnector(product, server.port, { policy: { concurrency: 2 } });
    await connect(product, { connector, secrets: { token: "token-0123456789" } });
    const running = runWith(
      product,
      { api: { connector } },
      `async (ctx) => (await Promise.all([1, 2, 3, 4, 5, 6].map((n) => ctx.connections.api.fetch("/" + n)))).length`,
    );
    for (let served = 0; served < 6; served += 1) {
      await expect.poll(() => waiting.length, { timeout: 10_000 }).toBeGreaterThan(0);
      waiting.shift()?.();
    }
    expect((await running).result).toBe(6);
    expect(most).toBe(2);
  });
});
