import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import { findDueDeliveries } from "#runtime/webhooks/claim.ts";
import { deliver } from "#runtime/webhooks/deliver.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";
import { must } from "#test/connect/kit.ts";
import { startReceiver } from "#test/webhooks/receiver.ts";
import type { Receiver } from "#test/webhooks/receiver.ts";

interface Delivery {
  readonly id: string;
  readonly lastTry: { readonly status: number | null; readonly reason: string | null } | null;
}

let api: TestApi;
let tenant: Tenant;
let receiver: Receiver;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => api.close());
beforeEach(async () => {
  tenant = await makeTenant(api);
  receiver = await startReceiver();
});
afterEach(async () => receiver.close());

/** Sends a test event to a new endpoint as a worker would; gives back what is recorded of it. */
const sendTo = async (url: string, egress = api.parts.egress): Promise<Delivery> => {
  const { id } = await must(tenant, "POST", "/webhook-endpoints", { url });
  await must(tenant, "POST", `/webhook-endpoints/${id}/test`);
  const now = () => new Date(Date.now() + 1_000);
  const due = await findDueDeliveries(api.db.database, { now: now(), limit: 100, exceptEndpoints: [] });
  for (const one of due.filter(({ endpointId }) => endpointId === id)) {
    await deliver({ ...api.parts, egress, now }, one);
  }
  const { data } = await must<{ data: Delivery[] }>(tenant, "GET", `/webhook-endpoints/${id}/deliveries`);
  return data[0] ?? { id: "", lastTry: null };
};

describe("the URL of an endpoint", () => {
  test.each([
    "http://hooks.example.com/x",
    "https://127.0.0.1/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://0x7f000001/x",
    "https://2130706433/",
    "https://user:secret@hooks.example.com/",
    "https://hooks.example.com/#fragment",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "not a url",
  ])("like %j is refused, when it is made and when it is changed", async (url) => {
    const made = await tenant.client.send("POST", "/webhook-endpoints", { url });
    expect(made.status).toBe(400);
    const { id } = await must(tenant, "POST", "/webhook-endpoints", { url: "https://hooks.example.com/" });
    expect((await tenant.client.send("PATCH", `/webhook-endpoints/${id}`, { url })).status).toBe(400);
  });

  test("that is a name of a private address is refused where it is dialled", async () => {
    const strict = createEgress({ allow: [] });
    const { lastTry } = await sendTo(receiver.url, strict);
    await strict.close();
    expect(lastTry).toMatchObject({ status: null });
    expect(lastTry?.reason).toContain("localhost");
    expect(receiver.received).toEqual([]);
  });

  test("is not followed elsewhere by a redirect, and the answer's text is not kept", async () => {
    receiver.answer = (response, { path }) =>
      path === "/private"
        ? response.writeHead(200).end()
        : response.writeHead(307, { location: `${receiver.url}/private` }).end("body with a secret");
    const delivery = await sendTo(`${receiver.url}/hook`);
    expect(delivery.lastTry).toMatchObject({ status: 307 });
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
    expect(JSON.stringify(delivery)).not.toContain("body with a secret");
  });
});

describe("what is recorded of a delivery", () => {
  test("holds no path, no query and no word of the receiver, whatever goes wrong", async () => {
    const secret = "T0K3N-canary";
    receiver.answer = (response) => {
      response.writeHead(500, { "x-echo": secret }).end(secret);
    };
    const answered = await sendTo(`${receiver.url}/services/${secret}?key=${secret}`);
    receiver.answer = (response) => response.destroy();
    const broken = await sendTo(`${receiver.url}/services/${secret}?key=${secret}`);
    await receiver.close();
    const refused = await sendTo(`${receiver.url}/services/${secret}?key=${secret}`);
    receiver = await startReceiver();
    expect([answered, broken, refused].map(({ lastTry }) => lastTry?.status)).toEqual([500, null, null]);
    for (const delivery of [answered, broken, refused]) {
      expect(delivery.lastTry?.reason).toBeTypeOf("string");
      expect(JSON.stringify(delivery)).not.toContain(secret);
    }
    const audit = await must<{ data: unknown[] }>(tenant, "GET", "/audit?limit=100");
    expect(JSON.stringify(audit)).not.toContain(secret);
  });

  test("holds no endless answer either: a body that does not end holds nobody up", async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      response.write("x".repeat(100_000));
    };
    expect((await sendTo(receiver.url)).lastTry).toMatchObject({ status: 200 });
  });
});

describe("endpoints, deliveries and events", () => {
  test("of another organization are not there, and their events are not sent across", async () => {
    const { id } = await must(tenant, "POST", "/webhook-endpoints", { url: receiver.url });
    const delivery = await must<Delivery>(tenant, "POST", `/webhook-endpoints/${id}/test`);
    const { data } = await must<{ data: { id: string }[] }>(tenant, "GET", "/events");
    const stranger = (await makeTenant(api)).client;
    const own = await stranger.send("POST", "/webhook-endpoints", { url: receiver.url });
    const asked: [string, string, unknown?][] = [
      ["GET", `/webhook-endpoints/${id}`],
      ["PATCH", `/webhook-endpoints/${id}`, { enabled: false }],
      ["DELETE", `/webhook-endpoints/${id}`],
      ["POST", `/webhook-endpoints/${id}/rotate`],
      ["POST", `/webhook-endpoints/${id}/test`],
      ["GET", `/webhook-endpoints/${id}/deliveries`],
      ["POST", `/webhook-endpoints/${id}/deliveries/${delivery.id}/redeliver`],
      ["POST", `/webhook-endpoints/${own.body.id}/deliveries/${delivery.id}/redeliver`],
      ["GET", `/events/${data[0]?.id ?? ""}`],
    ];
    for (const [method, path, body] of asked) {
      expect((await stranger.send(method, path, body)).status, `${method} ${path}`).toBe(404);
    }
    expect((await stranger.get<{ data: unknown[] }>("/events")).body.data).toEqual([]);
  });

  test("are out of a test key's reach where they are, or may be, of production", async () => {
    const key = await tenant.withKey({ kind: "test" });
    const ids = async () =>
      (await key.get<{ data: { id: string }[] }>("/events?limit=100")).body.data.map(({ id }) => id);
    await must(tenant, "POST", "/environments", { slug: "quality" });
    const connectIn = async (environment: string): Promise<string> => {
      await must(tenant, "POST", "/connections", {
        connector: "http",
        method: "bearer",
        environment,
        name: `of ${environment}`,
        fields: { host: "api.example.com", token: "some-token" },
        verify: false,
      });
      const { data } = await must<{ data: { id: string; data: { name: string } }[] }>(
        tenant,
        "GET",
        "/events?type=connection.created&limit=1",
      );
      expect(data[0]?.data.name).toBe(`of ${environment}`);
      return data[0]?.id ?? "";
    };
    const ofTest = await connectIn("quality");
    const endpoint = await must(tenant, "POST", "/webhook-endpoints", { url: receiver.url });
    await must(tenant, "POST", `/webhook-endpoints/${endpoint.id}/test`);
    expect((await ids()).length).toBeGreaterThan(1);
    await must(tenant, "POST", "/environments", { slug: "live", name: "Live", production: true });
    const ofLive = await connectIn("live");
    expect(await ids()).toContain(ofTest);
    expect(await ids()).not.toContain(ofLive);
    expect((await key.get(`/events/${ofTest}`)).status).toBe(200);
    expect(await key.get(`/events/${ofLive}`)).toMatchObject({
      status: 403,
      body: { code: "TENON_TEST_KEY" },
    });
    // Of no environment, and of one that is gone: nobody can tell that it was not production.
    expect(JSON.stringify((await key.get("/events?limit=100")).body)).not.toContain("webhook.test");
    await must(tenant, "DELETE", "/environments/live?force=true");
    await must(tenant, "POST", "/environments", { slug: "live", name: "Live", production: true });
    expect(await ids()).not.toContain(ofLive);
    expect((await key.send("POST", "/webhook-endpoints", { url: receiver.url })).status).toBe(403);
  });

  test("never show the secret again", async () => {
    const made = await must<{ id: string; secret: string }>(tenant, "POST", "/webhook-endpoints", {
      url: receiver.url,
    });
    const shown = await Promise.all([
      must(tenant, "GET", `/webhook-endpoints/${made.id}`),
      must(tenant, "GET", "/webhook-endpoints"),
      must(tenant, "PATCH", `/webhook-endpoints/${made.id}`, { description: "x" }),
      must(tenant, "GET", "/audit?limit=100"),
    ]);
    expect(JSON.stringify(shown)).not.toContain(made.secret);
  });
});

test("an organization has a bounded number of endpoints: each event is written down for all of them", async () => {
  const url = "https://hooks.example.com/";
  for (let made = 0; made < 100; made += 1) {
    await must(tenant, "POST", "/webhook-endpoints", { url });
  }
  const refused = await tenant.client.send<{ code: string }>("POST", "/webhook-endpoints", { url });
  expect([refused.status, refused.body.code]).toEqual([409, "TENON_WEBHOOK_ENDPOINTS_FULL"]);
  const { data } = await must<{ data: { id: string }[] }>(tenant, "GET", "/webhook-endpoints?limit=1");
  await must(tenant, "DELETE", `/webhook-endpoints/${data[0]?.id ?? ""}`);
  expect((await tenant.client.send("POST", "/webhook-endpoints", { url })).status).toBe(201);
});
