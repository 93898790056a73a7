import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow } from "#test/support/workflow.ts";
import { connect, json, makeConnector, runWith } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

const KEY = "token-0123456789-abcdef";

/** A connection with these actions to a server that answers what it received. */
async function acting(actions: readonly object[], more: object = {}) {
  const server = await serve((request, response) =>
    json(response, {
      method: request.method,
      url: request.url,
      type: request.headers["content-type"],
      body: request.body,
    }),
  );
  const connector = await makeConnector(product, server.port, { actions, ...more } as never);
  await connect(product, { connector, secrets: { token: KEY }, fields: {} });
  return { server, needs: { api: { connector } } };
}

const property = (type: string): object => ({ type });
/** A schema of an object that has these properties, of any type. */
const inputOf = (names: readonly string[], required: readonly string[] = []): object => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, {}])),
  required,
});

const GET_PARTS = {
  slug: "get-parts",
  name: "Get",
  input: inputOf(["id"], ["id"]),
  http: { method: "GET", path: "/v1/things/{id}/parts" },
};
const GET_PARTS_OF_INPUT = `async (ctx) => (await ctx.connections.api.actions.getParts({ id: ctx.input })).url`;

describe("an action", () => {
  test("puts its input where the definition says", async () => {
    const { server, needs } = await acting([
      {
        slug: "find-things",
        name: "Find",
        input: inputOf(["folderId", "ids", "tags", "filter", "trace", "page"], ["folderId"]),
        http: {
          method: "GET",
          path: "/folders/{folderId}/things",
          query: { version: "2" },
          params: {
            ids: { in: "query", list: "brackets" },
            tags: { in: "query", list: "comma", as: "tag" },
            filter: { in: "query", object: "deep" },
            trace: { in: "header", as: "X-Trace" },
          },
        },
      },
      {
        slug: "make-thing",
        name: "Make",
        http: {
          method: "POST",
          path: "/things",
          wrap: "data.attributes",
          fixed: { data: { type: "thing" } },
          result: "body",
        },
      },
      {
        slug: "send-form",
        name: "Form",
        input: inputOf(["a", "meta", "list"]),
        http: {
          method: "POST",
          path: "/form",
          body: "form",
          params: { meta: { in: "body", object: "deep" } },
        },
      },
      {
        slug: "put-text",
        name: "Text",
        input: inputOf(["path", "content"], ["path"]),
        http: {
          method: "PUT",
          path: "/text/{path}",
          body: "text",
          params: { path: { in: "path", segments: true }, content: { in: "body-root" } },
        },
      },
      { slug: "send-file", name: "File", http: { method: "POST", path: "/file", body: "multipart" } },
    ]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const { actions } = ctx.connections.api;
        return [
          (await actions.findThings({ folderId: "a/b c", ids: [1, 2], tags: ["x", "y"], filter: { name: { eq: "ä" } }, trace: "t1", page: 3 })).url,
          await actions.makeThing({ name: "n", size: 2 }),
          (await actions.sendForm({ a: "1 2", meta: { key: "v" }, list: ["x", "y"] })).body,
          (await actions.putText({ path: "dir/file name.txt", content: "héllo" })).url,
          (await actions["send-file"]({ note: "hi", file: { filename: "a.txt", contentType: "text/plain", data: "aGVsbG8=" } })).type.split(";")[0],
        ];
      }`,
    );
    expect(run.result).toEqual([
      "/folders/a%2Fb%20c/things?version=2&ids[]=1&ids[]=2&tag=x%2Cy&filter[name][eq]=%C3%A4&page=3",
      JSON.stringify({ data: { type: "thing", attributes: { name: "n", size: 2 } } }),
      "a=1+2&meta%5Bkey%5D=v&list=x&list=y",
      "/text/dir/file%20name.txt",
      "multipart/form-data",
    ]);
    expect(server.received[0]?.headers).toMatchObject({ "x-trace": "t1", authorization: `Bearer ${KEY}` });
    expect(server.received[3]?.body).toBe(Buffer.from("héllo").toString("latin1"));
    expect(server.received[4]?.body).toMatch(
      /name="file"; filename="a\.txt"\r\ncontent-type: text\/plain\r\n\r\nhello\r\n--/,
    );
  });

  test.each([
    ["{ email: 5 }", "input.email"],
    ["{}", "email"],
    ["{ email: 'a@b.c', address: { zip: true } }", "input.address.zip"],
    ["{ email: 'a@b.c', tags: ['x', 1] }", "input.tags.1"],
    ["{ email: 'a@b.c', size: 'XXL' }", "input.size"],
    ["{ email: 'a@b.c', other: 1 }", "other"],
    ["'text'", "input"],
    ["[]", "input"],
    ["null", "input"],
  ])("refuses an input that does not fit, before anything is sent: %s", async (input, field) => {
    const { server, needs } = await acting([
      {
        slug: "create-contact",
        name: "Create",
        input: {
          type: "object",
          required: ["email"],
          additionalProperties: false,
          properties: {
            email: property("string"),
            size: { enum: ["S", "M"] },
            tags: { type: "array", items: property("string") },
            address: { $ref: "#/$defs/address" },
          },
          $defs: { address: { type: "object", properties: { zip: property("string") } } },
        },
        http: { method: "POST", path: "/contacts" },
      },
    ]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => ctx.connections.api.actions.createContact(${input})`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_INPUT" } });
    expect(run.error?.message).toContain(field);
    expect(run.error?.message).toContain('"create-contact"');
    expect(run.error?.location).toMatchObject({ line: 2 });
    expect(server.connections()).toBe(0);
  });

  test.each(["..", ".", ""])("lets no value of a path lead elsewhere: %o", async (id) => {
    const { server, needs } = await acting([GET_PARTS]);
    const run = await runWith(product, needs, GET_PARTS_OF_INPUT, { input: id });
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_INPUT" } });
    expect(run.error?.message).toContain("input.id");
    expect(server.connections()).toBe(0);
  });

  test("encodes what a value of a path may hold", async () => {
    const { needs } = await acting([GET_PARTS]);
    const run = await runWith(product, needs, GET_PARTS_OF_INPUT, { input: "../../admin?x#y\\z" });
    expect(run.result).toBe("/v1/things/..%2F..%2Fadmin%3Fx%23y%5Cz/parts");
  });

  test("whose answer is an error fails with the status and the provider's reason, without the credential", async () => {
    const server = await serve((request, response) =>
      json(response, { error: `no such thing for ${String(request.headers.authorization)}` }, 404),
    );
    const connector = await makeConnector(product, server.port, {
      actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
    });
    await connect(product, { connector, secrets: { token: KEY } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => {
        try { await ctx.connections.api.actions.getThing(); } catch (error) { return { code: error.code, status: error.status, message: error.message }; }
      }`,
    );
    expect(run.result).toMatchObject({ code: "TENON_ACTION_FAILED", status: 404 });
    const { message } = run.result as { message: string };
    expect(message).toMatch(
      /The action "get-thing" of "api" was answered with 404: .*no such thing for Bearer tncred_/,
    );
    expect(JSON.stringify(run)).not.toContain(KEY);
  });

  test("that cannot succeed is not tried again, whatever the workflow's retries are", async () => {
    const { needs } = await acting([GET_PARTS]);
    await deployWorkflow(
      product,
      "tried-by-default",
      `import { defineWorkflow } from "tenon";
export default defineWorkflow({ needs: { connections: ${JSON.stringify(needs)} } }, async (ctx) => ctx.connections.api.actions[ctx.input]({}));`,
    );
    for (const [name, code] of [
      ["getParts", "TENON_ACTION_INPUT"],
      ["getNothing", "TENON_ACTION_UNKNOWN"],
    ]) {
      const run = await runWorkflow(product, "tried-by-default", name);
      expect(run).toMatchObject({ status: "failed", attempt: 1, error: { code } });
    }
  });

  test("that there is none of is an error with those that are near", async () => {
    const { needs } = await acting([
      { slug: "create-contact", name: "C", http: { method: "POST", path: "/c" } },
      { slug: "list-deals", name: "L", http: { method: "GET", path: "/d" } },
    ]);
    const run = await runWith(product, needs, `async (ctx) => ctx.connections.api.actions.createKontact({})`);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_UNKNOWN" } });
    expect(run.error?.message).toMatch(/no action "createKontact".*createContact, listDeals/);
  });

  test("that says that it is idempotent is repeated after a failure", async () => {
    let tries = 0;
    const server = await serve((_, response) => {
      tries += 1;
      json(response, { tries }, tries < 3 ? 503 : 200, { "retry-after": "0" });
    });
    const connector = await makeConnector(product, server.port, {
      actions: [{ slug: "upsert", name: "U", idempotent: true, http: { method: "POST", path: "/u" } }],
    });
    await connect(product, { connector, secrets: { token: KEY } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => ctx.connections.api.actions.upsert({})`,
    );
    expect(run.result).toEqual({ tries: 3 });
  });
});

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
          pathname === "/list" && request.headers.authorization === `Bearer ${KEY}` ? body : {},
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
      await connect(product, { connector, secrets: { token: KEY } });
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
      expect(server.received.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
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
        sent: sent === KEY,
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
    await connect(product, { connector, secrets: { token: KEY } });
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
    expect(server.received.map(({ url }) => url.includes(`access_token=${KEY}`))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(server.received.at(-1)?.url).toBe(`/list?p=1&access_token=${KEY}`);
  });

  test("that leads to another host ends in a refusal, and nothing is sent there", async () => {
    const evil = await serve((_, response) => json(response, { items: [] }));
    const server = await serve((_, response) => json(response, { items: [1], next: `${evil.origin}/more` }));
    const connector = await makeConnector(product, server.port, {
      pagination: { type: "link", items: "items", path: "next" },
    });
    await connect(product, { connector, secrets: { token: KEY } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => { const seen = []; for await (const item of ctx.connections.api.paginate("/list")) seen.push(item); return seen; }`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_DENIED" } });
    expect(evil.connections()).toBe(0);
  });

  test("of a connector that does not say how, or an answer without a list, says so", async () => {
    const { needs } = await acting([]);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => { for await (const x of ctx.connections.api.paginate("/")) return x; }`,
    );
    expect(run).toMatchObject({ error: { code: "TENON_PAGINATION" } });
    const other = await acting([], { pagination: { type: "page", limitParam: "n" } });
    const listless = await runWith(
      product,
      other.needs,
      `async (ctx) => { for await (const x of ctx.connections.api.paginate("/")) return x; }`,
    );
    expect(listless).toMatchObject({ error: { code: "TENON_PAGINATION" } });
  });
});
