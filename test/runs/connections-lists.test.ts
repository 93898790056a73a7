import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { connect, connectEchoing, json, makeConnector, runWith, TOKEN } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const NUMBERS = Array.from({ length: 7 }, (_, index) => ({ id: index + 1 }));

/** What a server that pages in one of the four ways answers. */
const PAGERS = {
  link: (query: URLSearchParams, origin: string) => {
    const from = Number(query.get("after") ?? 0);
    const more = from + 3 < NUMBERS.length;
    const headers = more
      ? { link: `<${origin}/list?after=${String(from + 3)}>; rel="next", <${origin}/list>; rel="first"` }
      : {};
    return { body: NUMBERS.slice(from, from + 3), headers };
  },
  linkInBody: (query: URLSearchParams) => {
    const from = Number(query.get("after") ?? 0);
    const more = from + 3 < NUMBERS.length;
    return {
      body: { items: NUMBERS.slice(from, from + 3), next: more ? `/list?after=${String(from + 3)}` : null },
      headers: {},
    };
  },
  cursor: (query: URLSearchParams) => {
    const from = Number((query.get("cursor") ?? "c0").slice(1));
    return {
      body: {
        items: NUMBERS.slice(from, from + 3),
        more: from + 3 < NUMBERS.length,
        cursor: `c${String(from + 3)}`,
      },
      headers: {},
    };
  },
  offset: (query: URLSearchParams) => {
    const from = Number(query.get("offset") ?? 0);
    return {
      body: { items: NUMBERS.slice(from, from + Number(query.get("limit"))), total: NUMBERS.length },
      headers: {},
    };
  },
  page: (query: URLSearchParams) => {
    const page = Number(query.get("page") ?? 1);
    const size = Number(query.get("size") ?? 3);
    return { body: { items: NUMBERS.slice((page - 1) * size, page * size) }, headers: {} };
  },
} as const;

const PAGINATIONS = {
  link: { type: "link" },
  linkInBody: { type: "link", items: "items", path: "next" },
  cursor: { type: "cursor", items: "items", cursor: "cursor", more: "more", param: "cursor" },
  offset: { type: "offset", items: "items", total: "total", limit: 3 },
  page: { type: "page", items: "items", limitParam: "size", limit: 3 },
} as const;

describe("a list", () => {
  test.each(Object.keys(PAGERS) as (keyof typeof PAGERS)[])(
    "goes on by %s, as an iterator of items and of pages",
    async (kind) => {
      const server = await serve((request, response) => {
        const { searchParams, pathname } = new URL(request.url, "http://localhost");
        const { body, headers } = PAGERS[kind](searchParams, `http://localhost:${String(server.port)}`);
        json(
          response,
          pathname === "/list" && request.headers.authorization === `Bearer ${TOKEN}` ? body : {},
          200,
          headers,
        );
      });
      const connector = await makeConnector(product, server.port, {
        pagination: PAGINATIONS[kind],
        actions: [
          {
            slug: "list-things",
            name: "List",
            http: { method: "GET", path: "/list", pagination: PAGINATIONS[kind] },
          },
        ],
      });
      await connect(product, { connector, secrets: { token: TOKEN } });
      const run = await runWith(
        product,
        { api: { connector } },
        `async (ctx) => {
        const { api } = ctx.connections;
        const byPath = [], byItem = [], byPage = [], some = [];
        for await (const { id } of api.paginate("/list")) byPath.push(id);
        for await (const { id } of api.actions.listThings.iterate()) byItem.push(id);
        for await (const page of api.actions.listThings.pages({})) byPage.push(page.length);
        for await (const { id } of api.paginate("/list?x=1")) { some.push(id); if (id === 2) break; }
        return { byPath, byItem, byPage, some };
      }`,
      );
      expect(run.result).toEqual({
        byPath: [1, 2, 3, 4, 5, 6, 7],
        byItem: [1, 2, 3, 4, 5, 6, 7],
        byPage: [3, 3, 1],
        some: [1, 2],
      });
      // Three pages each, and one for the loop that stopped.
      expect(server.received).toHaveLength(10);
      expect(server.received.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    },
  );

  test("whose cursor goes into the body, and whose address repeats the credential, goes on all the same", async () => {
    const server = await serve((request, response) => {
      if (request.method === "POST") {
        const { query } = JSON.parse(request.body) as { query: { cursor?: string; q?: string } };
        json(response, { items: [query], next: query.cursor === undefined ? "n1" : "" });
        return;
      }
      const url = new URL(request.url, "http://localhost");
      const sent = url.searchParams.get("access_token");
      json(response, {
        items: [url.searchParams.get("p") ?? "0"],
        next: url.searchParams.has("p")
          ? null
          : `http://localhost:${String(server.port)}/list?p=1&access_token=${sent ?? ""}`,
        sent: sent === TOKEN,
      });
    });
    const connector = await makeConnector(product, server.port, {
      auth: [
        {
          id: "token",
          type: "api-key",
          in: "query",
          name: "access_token",
          value: "{token}",
          label: "T",
          fields: { token: { label: "T", type: "password" } },
        },
      ],
      pagination: { type: "link", items: "items", path: "next" },
      actions: [
        {
          slug: "search",
          name: "Search",
          http: {
            method: "POST",
            path: "/search",
            wrap: "query",
            pagination: { type: "cursor", items: "items", cursor: "next", param: "cursor", in: "body" },
          },
        },
      ],
    });
    await connect(product, { connector, secrets: { token: TOKEN } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => {
        const found = [], listed = [];
        for await (const item of ctx.connections.api.actions.search.iterate({ q: "x" })) found.push(item);
        for await (const item of ctx.connections.api.paginate("/list")) listed.push(item);
        return { found, listed };
      }`,
    );
    expect(run.result).toEqual({ found: [{ q: "x" }, { q: "x", cursor: "n1" }], listed: ["0", "1"] });
    expect(server.received.map(({ url }) => url.includes(`access_token=${TOKEN}`))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(server.received.at(-1)?.url).toBe(`/list?p=1&access_token=${TOKEN}`);
  });

  test("that leads to another host ends in a refusal, and nothing is sent there", async () => {
    const evil = await serve((_, response) => json(response, { items: [] }));
    const server = await serve((_, response) => json(response, { items: [1], next: `${evil.origin}/more` }));
    const connector = await makeConnector(product, server.port, {
      pagination: { type: "link", items: "items", path: "next" },
    });
    await connect(product, { connector, secrets: { token: TOKEN } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => { const seen = []; for await (const item of ctx.connections.api.paginate("/list")) seen.push(item); return seen; }`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_DENIED" } });
    expect(evil.connections()).toBe(0);
  });

  test("of a connector that does not say how, or an answer without a list, says so", async () => {
    const { needs } = await connectEchoing(product, []);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => { for await (const x of ctx.connections.api.paginate("/")) return x; }`,
    );
    expect(run).toMatchObject({ error: { code: "TENON_PAGINATION" } });
    const other = await connectEchoing(product, [], { pagination: { type: "page", limitParam: "n" } });
    const listless = await runWith(
      product,
      other.needs,
      `async (ctx) => { for await (const x of ctx.connections.api.paginate("/")) return x; }`,
    );
    expect(listless).toMatchObject({ error: { code: "TENON_PAGINATION" } });
  });
});
