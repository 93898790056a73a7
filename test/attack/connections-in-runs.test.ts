import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import { randomHex } from "#runtime/ids.ts";
import { connect, json, makeConnector, makeOAuthApp, runWith } from "#test/runs/connections.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { sandboxPids } from "#test/support/processes.ts";
import { findIn, findInDatabase, findInMemory, needles } from "#test/support/search.ts";
import { logsOf } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

/** In the workflow's source: a search that does not find this in the sandbox's memory proves nothing. */
const MARK = `mark-${randomHex(12)}`;
/** Begins every canary: looking for one text in hundreds of megabytes is looking for all of them. */
const CANARY = `canary${randomHex(16)}`;
const canary = (name: string): string => `${CANARY}-${name}-${randomHex(4)}`;

/** Asks twice, with the credential echoed in headers and body, and shows what came everywhere. */
const CARELESS = `async (ctx) => {
  const mark = "${MARK}";
  const seen = [];
  for (const path of ["/one", "/two"]) {
    const response = await ctx.connections.api.fetch(path);
    seen.push(await response.text(), response.headers.get("x-echo"));
  }
  seen.push(await ctx.connections.api.actions.getThing({}));
  console.log(mark, seen);
  globalThis.kept = seen;
  if (ctx.input === "throw") throw new Error(JSON.stringify(seen));
  return seen;
}`;

/** A server that repeats everything that it is sent, plain and in base64. */
async function repeating(issued: Record<string, unknown>) {
  return serve((request, response) => {
    if (request.url === "/token") {
      json(response, issued);
      return;
    }
    const all = JSON.stringify([request.url, request.headers]);
    const encoded = Buffer.from(all).toString("base64");
    json(response, { all, encoded }, 200, {
      "x-echo": String(request.headers.authorization ?? request.headers["x-key"] ?? request.url),
    });
  });
}

const tokens = (accessToken: string, refreshToken: string, ended: boolean) => ({
  main: {
    accessToken,
    refreshToken,
    expiresAt: Date.now() + (ended ? -1_000 : 3_600_000),
    refreshExpiresAt: null,
    scopes: [],
    issuedAt: Date.now() - 7_200_000,
  },
});

test("canary credentials of every auth method are nowhere but on the wire", async () => {
  const values = {
    basic: canary("basic"),
    bearer: canary("bearer"),
    header: canary("header"),
    query: canary("query"),
    access: canary("access"),
    spent: canary("spent"),
    renewed: canary("renewed"),
    refresh: canary("refresh"),
    custom: canary("custom"),
    session: canary("session"),
  };
  const secretField = { label: "S", type: "password" } as const;
  const methods = (origin: string) =>
    [
      [
        { id: "m", type: "basic", label: "B", fields: { username: { label: "U" }, password: secretField } },
        { fields: { username: "ada" }, secrets: { password: values.basic } },
      ],
      [{ id: "m", type: "bearer", label: "B" }, { secrets: { token: values.bearer } }],
      [{ id: "m", type: "api-key", label: "K", name: "X-Key" }, { secrets: { apiKey: values.header } }],
      [
        { id: "m", type: "api-key", label: "K", in: "query", name: "key" },
        { secrets: { apiKey: values.query } },
      ],
      [
        {
          id: "m",
          type: "oauth2",
          label: "O",
          authorizeUrl: `${origin}/authorize`,
          tokenUrl: `${origin}/token`,
        },
        { tokens: tokens(values.access, values.refresh, false) },
      ],
      [
        {
          id: "m",
          type: "oauth2",
          label: "O",
          authorizeUrl: `${origin}/authorize`,
          tokenUrl: `${origin}/token`,
        },
        { tokens: tokens(values.spent, values.refresh, true) },
      ],
      [
        {
          id: "m",
          type: "custom",
          label: "C",
          fields: { password: secretField },
          carry: { headers: { "x-key": "{accessToken}" } },
          handler: `export async function authenticate(ctx) {
            const response = await ctx.fetch("${origin}/token", { method: "POST", body: ctx.fields.password, seal: { accessToken: "session" } });
            return { values: { accessToken: (await response.json()).session } };
          }`,
        },
        { secrets: { password: values.custom } },
      ],
    ] as const;
  const answers: unknown[] = [];
  for (let index = 0; index < 7; index += 1) {
    // The handler sees what it does not ask to be sealed: its answer has nothing else.
    const issued =
      index === 6
        ? { session: values.session }
        : { access_token: values.renewed, token_type: "Bearer", expires_in: 3600 };
    const server = await repeating(issued);
    const [method, connection] = methods(`http://localhost:${String(server.port)}`)[index] ?? [];
    const connector = await makeConnector(product, server.port, {
      auth: [method],
      actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
    } as never);
    const oauthAppId =
      method?.type === "oauth2" ? { oauthAppId: await makeOAuthApp(product, connector) } : {};
    await connect(product, { connector, method: "m", ...connection, ...oauthAppId });
    for (const input of ["return", "throw"]) {
      const run = await runWith(product, { api: { connector } }, CARELESS, { input });
      expect(run.status, JSON.stringify(run)).toBe(input === "throw" ? "failed" : "completed");
      expect(JSON.stringify(run)).toContain("tncred_");
      answers.push(run, await logsOf(product, run.id), await product.call("GET", `/runs/${run.id}/attempts`));
    }
    const carried = JSON.stringify(server.received.map(({ url, headers }) => [url, headers]));
    const own =
      [
        values.basic,
        values.bearer,
        values.header,
        values.query,
        values.access,
        values.renewed,
        values.session,
      ][index] ?? "";
    const onWire = index === 0 ? Buffer.from(`ada:${own}`).toString("base64") : own;
    expect(carried).toContain(onWire);
  }
  answers.push(await product.call("GET", "/audit?limit=100"), await product.call("GET", "/runs"));

  // At once: a sandbox process that has nothing to do gives its memory back.
  const forms = needles(CANARY);
  const searched = new Map([...forms, ["mark", Buffer.from(MARK)]]);
  const pids = sandboxPids(product.workers[0]?.pid ?? 0);
  const memory = pids.map((pid) => findInMemory(pid, searched).found);
  expect(memory.flat()).toContain("mark");
  expect(memory.flat().filter((name) => name !== "mark")).toEqual([]);
  expect(findIn(Buffer.from(JSON.stringify(answers)), forms)).toEqual([]);
  expect(findIn(Buffer.from((product.workers[0]?.stderr() ?? "") + product.api.stderr()), forms)).toEqual([]);
  const database = await findInDatabase(product.db.url, forms);
  expect(database.rows).toBeGreaterThan(50);
  expect(database.found).toEqual([]);
}, 180_000);

test("guest code that breaks its own world learns nothing of a connection and reaches nothing more", async () => {
  const server = await serve((request, response) =>
    json(response, { got: request.headers.authorization, url: request.url }),
  );
  const connector = await makeConnector(product, server.port);
  const value = canary("tampered");
  await connect(product, { connector, secrets: { token: value } });
  const run = await runWith(
    product,
    { api: { connector } },
    `async (ctx) => {
      const seen = [];
      const note = (what) => { try { seen.push(JSON.stringify(what) ?? String(what)); } catch (error) { seen.push(String(error)); } };
      JSON.parse = (text) => { note(text); return {}; };
      JSON.stringify = new Proxy(JSON.stringify, {});
      Object.prototype.toJSON = undefined;
      Array.prototype[Symbol.iterator] = new Proxy(Array.prototype[Symbol.iterator], {});
      Object.defineProperty(Object.prototype, "alias", { get() { return "other"; }, set(v) { note(v); }, configurable: true });
      const handle = ctx.connections.api;
      const { fetch: before } = handle;
      for (const change of [() => { ctx.connections.other = handle; }, () => { handle.fetch = 1; }, () => { handle.actions.x = 1; }, () => { Object.setPrototypeOf(handle, {}); }]) {
        try { change(); } catch {}
      }
      delete Object.prototype.alias;
      const response = await handle.fetch("/x");
      const text = await response.text();
      return { text, seen, same: handle.fetch === before && Object.keys(ctx.connections).join() === "api", action: typeof handle.actions.x, names: Object.getOwnPropertyNames(handle).sort(), awaited: handle.actions.then === undefined };
    }`,
  );
  expect(run).toMatchObject({
    status: "completed",
    result: { same: true, action: "function", names: ["actions", "fetch", "paginate"], awaited: true },
  });
  expect(server.received).toHaveLength(1);
  expect(JSON.stringify(run)).not.toContain(value);
});
