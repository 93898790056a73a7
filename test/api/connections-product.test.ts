import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "#test/support/product.ts";
import type { Answer, Product } from "#test/support/product.ts";
import { findIn, findInDatabase, needles } from "#test/support/search.ts";

const CANARIES = {
  apiKey: "canary-api-key-0f1e2d3c4b5a",
  password: "canary-pässword-77aa88bb99cc",
  token: "canary-bearer-token-abcdef012345",
  session: "canary-session-token-13579bdf2468",
} as const;

let product: Product;
let vendor: Server;
const answers: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  vendor = await startCarelessVendor();
  const origin = `http://localhost:${String((vendor.address() as AddressInfo).port)}`;
  await call("POST", "/connectors", {
    definition: {
      slug: "careless",
      name: "Careless",
      hosts: [origin],
      baseUrl: origin,
      auth: [
        { id: "key", type: "api-key", label: "API key", name: "X-Key" },
        { id: "basic", type: "basic", label: "Password" },
        { id: "bearer", type: "bearer", label: "Token" },
        {
          id: "login",
          type: "custom",
          label: "Login",
          fields: { password: { label: "Password", type: "password" } },
          handler: `export async function authenticate(ctx) {
            const response = await ctx.fetch("${origin}/login", {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ password: ctx.fields.password }),
              seal: { session: "session" },
            });
            if (response.status === 401) ctx.refuse("The password is wrong.");
            return { values: { session: (await response.json()).session }, expiresIn: 600 };
          }`,
          carry: { headers: { "X-Session": "{token.session}" } },
        },
      ],
      verification: { path: "/me", reason: "message", account: { id: "id", name: "name" } },
    },
  });
});
afterAll(async () => {
  vendor.close();
  vendor.closeAllConnections();
  await product.close();
});

async function login(request: IncomingMessage, reply: (status: number, body: object) => void): Promise<void> {
  const { password } = JSON.parse(await text(request)) as { password: string };
  const good = password === CANARIES.password;
  reply(good ? 200 : 401, good ? { session: CANARIES.session } : { message: `not ${password}` });
}

/** Takes every credential of the canaries, and says back what it was sent, as careless vendors do. */
async function startCarelessVendor(): Promise<Server> {
  const server = createServer((request, response) => {
    const { "x-key": key, authorization, "x-session": session } = request.headers;
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.url === "/login") {
      void login(request, reply);
      return;
    }
    const good =
      key === CANARIES.apiKey ||
      authorization === `Basic ${Buffer.from(`ada:${CANARIES.password}`).toString("base64")}` ||
      authorization === `Bearer ${CANARIES.token}` ||
      session === CANARIES.session;
    const sent = JSON.stringify({ key, authorization, session });
    const [id] = key === undefined ? (authorization ?? "session").split(" ") : ["key"];
    reply(good ? 200 : 403, good ? { id, name: "Acme", sent } : { message: `refused ${sent}` });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function call(method: string, route: string, body?: unknown): Promise<Answer<Record<string, unknown>>> {
  const answer = await product.call(method, route, body);
  answers.push(JSON.stringify([answer.body, [...answer.headers]]));
  return answer;
}

async function connect(method: string, fields: object): Promise<string> {
  const { status, body } = await call("POST", "/connections", {
    connector: "careless",
    environment: "development",
    method,
    fields,
  });
  expect({ method, status, body }).toMatchObject({ method, status: 201 });
  return String(body["id"]);
}

test("a connection whose handler only a worker can run is tested by the API", async () => {
  const id = await connect("login", { password: CANARIES.password });
  expect((await call("GET", `/connections/${id}`)).body).toMatchObject({ status: "unverified" });
  expect((await call("POST", `/connections/${id}/test`)).body).toMatchObject({
    ok: true,
    reason: null,
    status: 200,
  });
  expect((await call("GET", `/connections/${id}`)).body).toMatchObject({
    status: "healthy",
    secrets: ["password"],
  });
  expect(await call("POST", `/connections/${id}/refresh`)).toMatchObject({ body: { status: "refreshed" } });
  const wrong = await connect("login", { password: "not the password" });
  const refused = await call("POST", `/connections/${wrong}/test`);
  expect(refused.body).toMatchObject({ ok: false, status: null });
  expect(refused.body["reason"]).toContain("The password is wrong.");
});

test("no credential of any method is left anywhere in the clear", async () => {
  const ids = [
    await connect("key", { apiKey: CANARIES.apiKey }),
    await connect("basic", { username: "ada", password: CANARIES.password }),
    await connect("bearer", { token: CANARIES.token }),
    await connect("login", { password: CANARIES.password }),
  ];
  for (const id of ids) {
    expect((await call("POST", `/connections/${id}/test`)).body).toMatchObject({ ok: true });
    await call("GET", `/connections/${id}`);
    await call("PATCH", `/connections/${id}`, { name: "Renamed" });
  }
  const [, basic = ""] = ids;
  const wrong = { fields: { password: `${CANARIES.password}-but-wrong` } };
  expect((await call("PATCH", `/connections/${basic}`, wrong)).status).toBe(400);
  expect(
    (await call("POST", `/connections/${basic}/reconnect`, { fields: { username: "ada", ...wrong.fields } }))
      .status,
  ).toBe(400);
  for (const list of ["/connections", "/audit", "/events", "/incidents"]) {
    await call("GET", list);
  }
  const logs = [product.api, ...product.workers].map((service) => service.stderr()).join("\n");
  for (const [name, canary] of Object.entries(CANARIES)) {
    const forms = needles(canary);
    const { found, rows } = await findInDatabase(product.db.url, forms);
    expect(rows).toBeGreaterThan(50);
    expect({
      name,
      database: found,
      answers: findIn(Buffer.from(answers.join("\n")), forms),
      logs: findIn(Buffer.from(logs), forms),
    }).toEqual({ name, database: [], answers: [], logs: [] });
  }
});
