import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { findIn, findInDatabase, needles } from "#test/support/search.ts";
import { logsOf } from "#test/support/workflow.ts";
import { connect, json, makeConnector, runWith } from "./connections.ts";

const TOKEN = "tok_3f9ac1/+e5b7 d2";
const BARE = "tok_0d61f2a8b94c7e35";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

/** A connection with a bearer token to a server that answers everything with what it received. */
async function echoing(token = BARE, definition = {}) {
  const server = await serve((request, response) => {
    json(response, {
      url: request.url,
      method: request.method,
      headers: request.headers,
      body: request.body,
    });
  });
  const connector = await makeConnector(product, server.port, definition);
  await connect(product, { connector, secrets: { token } });
  return { server, needs: { api: { connector } } };
}

describe("a request", () => {
  test("carries the credential, below the base URL, and the guest sees a placeholder of it", async () => {
    const { server, needs } = await echoing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const response = await ctx.connections.api.fetch("/contacts?limit=2", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ a: 1 }) });
        return { status: response.status, ok: response.ok, redirected: response.redirected, ...(await response.json()) };
      }`,
    );
    expect(run).toMatchObject({
      status: "completed",
      result: {
        status: 200,
        ok: true,
        redirected: false,
        url: "/contacts?limit=2",
        method: "POST",
        body: '{"a":1}',
      },
    });
    expect(server.received[0]?.headers.authorization).toBe(`Bearer ${BARE}`);
    expect(JSON.stringify(run.result)).toMatch(/"authorization":"Bearer tncred_[0-9a-f]{32}"/);
  });

  test.each(["plain", "gzip"])(
    "an echoed credential is a placeholder in headers and body (%s), and nowhere else",
    async (form) => {
      const server = await serve((request, response) => {
        const sent = request.headers.authorization ?? "";
        const token = sent.replace("Bearer ", "");
        const body = Buffer.from(
          JSON.stringify({
            sent,
            basic: Buffer.from(`user:${token}`).toString("base64"),
            url: encodeURIComponent(token),
          }),
        );
        response.writeHead(200, {
          "content-type": "application/json",
          "x-echo": sent,
          ...(form === "gzip" ? { "content-encoding": "gzip" } : {}),
        });
        response.end(form === "gzip" ? gzipSync(body) : body);
      });
      const connector = await makeConnector(product, server.port);
      await connect(product, { connector, secrets: { token: TOKEN } });
      const run = await runWith(
        product,
        { api: { connector } },
        `async (ctx) => {
        const response = await ctx.connections.api.fetch("/echo");
        const text = await response.text();
        ctx.log.info("echoed " + text, { header: response.headers.get("x-echo") });
        if (ctx.input === "throw") throw new Error(text);
        return { text, header: response.headers.get("x-echo") };
      }`,
      );
      expect(server.received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(run.status).toBe("completed");
      const result = run.result as { text: string; header: string };
      expect(result.header).toMatch(/^Bearer tncred_[0-9a-f]{32}$/);
      expect(result.text).toContain("tncred_");
      const forms = needles(TOKEN);
      const shown = JSON.stringify([run, await logsOf(product, run.id), await product.call("GET", "/audit")]);
      expect(findIn(Buffer.from(shown), forms)).toEqual([]);
      expect((await findInDatabase(product.db.url, forms)).found).toEqual([]);
      expect(findIn(Buffer.from(product.workers[0]?.stderr() ?? ""), forms)).toEqual([]);
    },
  );

  test("of guest code cannot put another credential in the place of the connection's", async () => {
    const { server, needs } = await echoing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const statuses = [];
        for (const name of ["Authorization", "authorization", "AUTHORIZATION"]) {
          const response = await ctx.connections.api.fetch("/x", { headers: { [name]: "Bearer mine", "x-own": "kept" } });
          statuses.push(response.status);
        }
        return statuses;
      }`,
    );
    expect(run.result).toEqual([200, 200, 200]);
    for (const { headers } of server.received) {
      expect(headers.authorization).toBe(`Bearer ${BARE}`);
      expect(headers["x-own"]).toBe("kept");
    }
  });

  test("carries a key in the query, whatever guest code says there", async () => {
    const server = await serve((request, response) => json(response, { url: request.url }));
    const connector = await makeConnector(product, server.port, {
      auth: [{ id: "key", type: "api-key", in: "query", name: "api_key", label: "Key" }],
    });
    await connect(product, { connector, method: "key", secrets: { apiKey: "k y/1+2&3=4567" } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => (await ctx.connections.api.fetch("/x?a=%20b+c&api_key=mine&api%5Fkey=mine2&c[]=1#hash")).json()`,
    );
    expect(server.received[0]?.url).toBe("/x?a=%20b+c&c[]=1&api_key=k%20y%2F1%2B2%263%3D4567");
    expect(JSON.stringify(run.result)).toMatch(/api_key=tncred_[0-9a-f]{32}/);
  });

  test("carries Basic credentials and fixed headers, which the guest may set otherwise", async () => {
    const server = await serve((request, response) => json(response, request.headers));
    const connector = await makeConnector(product, server.port, {
      headers: { "x-version": "2026-01-01", "x-tenant": "{tenant}" },
      fields: { tenant: { label: "Tenant" } },
      auth: [{ id: "basic", type: "basic", label: "Password" }],
    });
    await connect(product, {
      connector,
      method: "basic",
      fields: { tenant: "t-1", username: "ada" },
      secrets: { password: "pa:ss wörd 1234" },
    });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => {
        await ctx.connections.api.fetch("/1", { headers: { "X-Tenant": "t-2" } });
        return (await ctx.connections.api.fetch("/2", { headers: { "x-version": "2027-01-01" } })).json();
      }`,
    );
    expect(run.status).toBe("completed");
    const [first, second] = server.received;
    expect(first?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("ada:pa:ss wörd 1234").toString("base64")}`,
      "x-version": "2026-01-01",
      "x-tenant": "t-1",
    });
    expect(second?.headers["x-version"]).toBe("2027-01-01");
    expect(JSON.stringify(run.result)).not.toContain(Buffer.from("ada:pa:ss wörd 1234").toString("base64"));
  });
});

describe("a request that leads elsewhere", () => {
  test.each([
    ["//evil.example/x", "TENON_CONNECTION_TARGET"],
    ["\\\\\\\\evil.example/x", "TENON_CONNECTION_TARGET"],
    ["/\\\\evil.example/x", "TENON_CONNECTION_TARGET"],
    ["/\\t/evil.example", "TENON_CONNECTION_TARGET"],
    ["/../admin", "TENON_CONNECTION_TARGET"],
    ["/a/%2e%2E/%2e%2e/admin", "TENON_CONNECTION_TARGET"],
    ["/a/./b", "TENON_CONNECTION_TARGET"],
    ["evil.example/x", "TENON_CONNECTION_TARGET"],
    ["@evil.example/x", "TENON_CONNECTION_TARGET"],
    [":80@evil.example/x", "TENON_CONNECTION_TARGET"],
    ["", "TENON_CONNECTION_TARGET"],
    ["https:evil.example", "TENON_CONNECTION_TARGET"],
    ["javascript:alert(1)", "TENON_CONNECTION_TARGET"],
    ["http://evil.example/x", "TENON_EGRESS_DENIED"],
    ["https://evil.example/x", "TENON_EGRESS_DENIED"],
    ["HTTPS://evil.example/x", "TENON_EGRESS_DENIED"],
    ["http://169.254.169.254/latest", "TENON_EGRESS_DENIED"],
    ["http://localhost.evil.example/x", "TENON_EGRESS_DENIED"],
    ["http://localhost:1/x", "TENON_EGRESS_DENIED"],
    ["https://user:pass@localhost/x", "TENON_FETCH_INVALID"],
  ])("is refused: %s", async (path, code) => {
    const { server, needs } = await echoing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("${path}")).status`,
    );
    expect(run).toMatchObject({ status: "failed", error: { code } });
    expect(server.connections()).toBe(0);
    expect(JSON.stringify(run)).not.toContain(BARE);
  });

  test("is made to an absolute URL of the connector's own hosts", async () => {
    const { server, needs } = await echoing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => [
        (await ctx.connections.api.fetch(ctx.input + "/a")).status,
        (await ctx.connections.api.fetch(new URL(ctx.input + "/b"))).status,
        (await ctx.connections.api.fetch(new Request(ctx.input + "/c", { method: "PUT", body: "x" }))).status,
      ]`,
      { input: `http://localhost:${String(server.port)}` },
    );
    expect(run.result).toEqual([200, 200, 200]);
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /a",
      "GET /b",
      "PUT /c",
    ]);
  });

  test("by a redirect to another host is refused, and nothing arrives there", async () => {
    const evil = await serve((_, response) => response.end("evil"));
    const server = await serve((_, response) =>
      response.writeHead(302, { location: `http://localhost:${String(evil.port)}/steal` }).end(),
    );
    const connector = await makeConnector(product, server.port);
    await connect(product, { connector, secrets: { token: BARE } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => (await ctx.connections.api.fetch("/go")).status`,
      { needs: `secrets: {}, egress: ["http://localhost:${String(evil.port)}"]` },
    );
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_EGRESS_DENIED" } });
    expect(evil.connections()).toBe(0);
  });

  test("by a redirect to another of the connector's origins is followed without the credential", async () => {
    const other = await serve((request, response) => json(response, request.headers));
    const server = await serve((request, response) =>
      request.url.startsWith("/same")
        ? json(response, request.headers)
        : response
            .writeHead(307, {
              location: request.url === "/stay" ? "/same" : `http://localhost:${String(other.port)}/file`,
            })
            .end(),
    );
    const connector = await makeConnector(product, server.port, {
      hosts: [`http://localhost:${String(server.port)}`, `http://localhost:${String(other.port)}`],
      auth: [{ id: "key", type: "api-key", name: "X-Api-Key", label: "Key" }],
    });
    await connect(product, { connector, method: "key", secrets: { apiKey: BARE } });
    const run = await runWith(
      product,
      { api: { connector } },
      `async (ctx) => {
        const stayed = await ctx.connections.api.fetch("/stay");
        const left = await ctx.connections.api.fetch("/leave", { headers: { "x-own": "1" } });
        return [stayed.redirected, left.redirected, left.url.endsWith("/file"), (await left.json())["x-own"]];
      }`,
    );
    expect(run.result).toEqual([true, true, true, "1"]);
    expect(server.received.map(({ headers }) => headers["x-api-key"])).toEqual([BARE, BARE, BARE]);
    expect(other.received[0]?.headers["x-api-key"]).toBeUndefined();
  });

  test("the credential's placeholder is worth nothing outside the connection", async () => {
    const evil = await serve((_, response) => response.end("evil"));
    const { needs } = await echoing();
    const run = await runWith(
      product,
      needs,
      `async (ctx) => {
        const { headers } = await (await ctx.connections.api.fetch("/x")).json();
        await ctx.fetch(ctx.input, { headers: { authorization: headers.authorization } });
        return headers.authorization;
      }`,
      { input: evil.origin, needs: `egress: ["${evil.pattern}"]` },
    );
    expect(run.status).toBe("completed");
    expect(evil.received[0]?.headers.authorization).toBe(run.result);
    expect(run.result).toMatch(/^Bearer tncred_/);
  });
});
