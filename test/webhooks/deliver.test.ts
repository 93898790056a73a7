import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { Tenant, TestApi } from "#test/api/server.ts";
import { must } from "#test/connect/kit.ts";
import { asOrganization } from "#runtime/db/tenant.ts";
import { claimDelivery, findDueDeliveries, LEASE_MS } from "#runtime/webhooks/claim.ts";
import { deliver } from "#runtime/webhooks/deliver.ts";
import { emitEvent } from "#runtime/webhooks/emit.ts";
import { startDeliveries } from "#runtime/worker/deliver.ts";
import { eventually } from "#test/support/product.ts";
import { startReceiver, verify } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}
interface Delivery {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly lastTry: {
    readonly status: number | null;
    readonly reason: string | null;
    readonly at: string;
  } | null;
}

let api: TestApi;
let tenant: Tenant;
let receiver: Receiver;
/** How far the sender's clock is ahead; a second, so that what was just written is due. */
let aheadMs: number;
const opened: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => api.close());
beforeEach(async () => {
  tenant = await makeTenant(api);
  receiver = await startReceiver();
  aheadMs = 1_000;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (sender) => sender.stop()));
  await receiver.close();
});

const now = (): Date => new Date(Date.now() + aheadMs);
const parts = () => ({ ...api.parts, now });
const start = () => opened.push(startDeliveries({ ...parts() }, 10));
const endpoint = async (more: object = {}): Promise<Endpoint> =>
  must<Endpoint>(tenant, "POST", "/webhook-endpoints", { url: `${receiver.url}/hook`, ...more });
const emit = async (
  type: "connection.created" | "connection.degraded" = "connection.created",
): Promise<void> => {
  const { organizationId } = tenant;
  await asOrganization(api.db.database, organizationId, (sql) =>
    emitEvent(sql, { organizationId, type, data: { connectionId: "c1" } }),
  );
};
const deliveries = async ({ id }: Endpoint): Promise<readonly Delivery[]> =>
  (await must<{ data: Delivery[] }>(tenant, "GET", `/webhook-endpoints/${id}/deliveries`)).data;
/** One pass over what is due, as a sender makes it. */
const pass = async (): Promise<readonly string[]> => {
  const due = await findDueDeliveries(api.db.database, {
    now: now(),
    limit: 100,
    exceptEndpoints: [],
  });
  const own = due.filter(({ organizationId }) => organizationId === tenant.organizationId);
  return Promise.all(own.map(async (one) => deliver(parts(), one)));
};

describe("a message", () => {
  test("is signed so that the Standard Webhooks verifier takes it, and no other secret's does", async () => {
    const { id, secret } = await endpoint();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await emit();
    expect(await pass()).toEqual(["delivered"]);
    const [message] = receiver.received;
    expect(message?.headers["content-type"]).toBe("application/json");
    expect(message === undefined ? null : verify(secret, message)).toMatchObject({
      type: "connection.created",
      data: { connectionId: "c1" },
    });
    const { data } = await must<{ data: { id: string }[] }>(tenant, "GET", "/events");
    expect(message?.headers["webhook-id"]).toBe(data[0]?.id);
    const other = (await endpoint()).secret;
    expect(() => message !== undefined && verify(other, message)).toThrow("No matching signature");
    expect((await deliveries({ id, secret }))[0]).toMatchObject({
      status: "delivered",
      attempts: 1,
      lastTry: { status: 204, reason: null },
    });
  });

  test("goes to enabled endpoints that want its type only", async () => {
    await endpoint({ url: `${receiver.url}/created`, events: ["connection.created"] });
    await endpoint({ url: `${receiver.url}/degraded`, events: ["connection.degraded"] });
    const off = await endpoint({ url: `${receiver.url}/off` });
    await must(tenant, "PATCH", `/webhook-endpoints/${off.id}`, { enabled: false });
    await emit();
    await pass();
    expect(receiver.received.map(({ path }) => path)).toEqual(["/created"]);
  });

  test("is not written when what happened is rolled back", async () => {
    await endpoint();
    const { organizationId } = tenant;
    await expect(
      asOrganization(api.db.database, organizationId, async (sql) => {
        await emitEvent(sql, { organizationId, type: "connection.created", data: {} });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await pass()).toEqual([]);
    expect((await must<{ data: unknown[] }>(tenant, "GET", "/events")).data).toEqual([]);
  });

  test("is verified with the old secret and the new one for a day after a rotation", async () => {
    const made = await endpoint();
    const rotated = await must<Endpoint>(tenant, "POST", `/webhook-endpoints/${made.id}/rotate`);
    expect(rotated.secret).not.toBe(made.secret);
    await emit();
    await pass();
    const [message] = receiver.received;
    for (const secret of [made.secret, rotated.secret]) {
      expect(message === undefined ? null : verify(secret, message)).toMatchObject({
        type: "connection.created",
      });
    }
    aheadMs += 25 * HOUR;
    await emit();
    await pass();
    expect(receiver.received[1]?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  test("is sent as a test to one endpoint only, and again on demand under the same id", async () => {
    const made = await endpoint({ events: ["connection.deleted"] });
    await endpoint({ url: `${receiver.url}/other` });
    const delivery = await must<Delivery>(tenant, "POST", `/webhook-endpoints/${made.id}/test`);
    await pass();
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
    await must(tenant, "POST", `/webhook-endpoints/${made.id}/deliveries/${delivery.id}/redeliver`);
    await pass();
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe("a failed try", () => {
  test("is repeated for a day, each time later, and then given up", async () => {
    const made = await endpoint();
    receiver.answer = (response) => response.writeHead(500).end("secret words of the receiver");
    await emit();
    const waits: number[] = [];
    for (let tries = 1; tries <= 8; tries += 1) {
      expect(await pass()).toEqual([tries === 8 ? "failed" : "pending"]);
      const [delivery] = await deliveries(made);
      if (delivery?.dueAt != null) {
        waits.push(Date.parse(delivery.dueAt) - Date.parse(delivery.lastTry?.at ?? ""));
        aheadMs += waits.at(-1) ?? 0;
      }
    }
    const floors = [5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 6 * HOUR];
    expect(waits).toHaveLength(floors.length);
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(floors[index] ?? 0);
      expect(wait).toBeLessThanOrEqual((floors[index] ?? 0) * 1.1);
    });
    const [delivery] = await deliveries(made);
    expect(delivery).toMatchObject({ status: "failed", attempts: 8, dueAt: null, lastTry: { status: 500 } });
    expect(JSON.stringify(delivery)).not.toContain("secret words");
  });

  test("waits as long as the endpoint asks", async () => {
    const made = await endpoint();
    receiver.answer = (response) => response.writeHead(503, { "retry-after": "3600" }).end();
    await emit();
    await pass();
    aheadMs += 59 * MINUTE;
    expect(await pass()).toEqual([]);
    aheadMs += 10 * MINUTE;
    receiver.answer = (response) => response.writeHead(200).end();
    expect(await pass()).toEqual(["delivered"]);
    expect((await deliveries(made))[0]).toMatchObject({ status: "delivered", attempts: 2 });
  });

  test("with 410 disables the endpoint", async () => {
    const made = await endpoint();
    receiver.answer = (response) => response.writeHead(410).end();
    await emit();
    await emit();
    const { length } = await pass();
    expect(length).toBe(2);
    expect(await must(tenant, "GET", `/webhook-endpoints/${made.id}`)).toMatchObject({ enabled: false });
    expect((await deliveries(made)).map(({ status }) => status)).toEqual(["failed", "failed"]);
  });

  test("of a disabled endpoint waits for nobody", async () => {
    const made = await endpoint();
    await emit();
    await must(tenant, "PATCH", `/webhook-endpoints/${made.id}`, { enabled: false });
    expect(await pass()).toEqual(["failed"]);
    expect(receiver.received).toEqual([]);
    expect((await deliveries(made))[0]?.lastTry?.reason).toContain("disabled");
  });
});

describe("a sender", () => {
  test("sends what it finds, and everything once", async () => {
    await endpoint();
    for (let index = 0; index < 50; index += 1) {
      await emit();
    }
    start();
    start();
    await eventually("all 50 arrived", async () => receiver.received.length >= 50);
    await Promise.all(opened.splice(0).map(async (sender) => sender.stop()));
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(50);
    expect(new Set(ids).size).toBe(50);
  });

  test("that dies in the middle leaves a lease, and another one sends the same message after it", async () => {
    const made = await endpoint();
    await emit();
    const found = await findDueDeliveries(api.db.database, {
      now: now(),
      limit: 100,
      exceptEndpoints: [],
    });
    const due = found.find(({ endpointId }) => endpointId === made.id);
    const claimed = due === undefined ? null : await claimDelivery(api.db.database, due, now());
    expect(claimed).not.toBeNull();
    expect(await pass()).toEqual([]);
    aheadMs += LEASE_MS;
    expect(await pass()).toEqual(["delivered"]);
    expect(receiver.received).toHaveLength(1);
    expect((await deliveries(made))[0]).toMatchObject({ status: "delivered", attempts: 2 });
  });

  test("is not held up by an endpoint that does not answer", async () => {
    const waiting: (() => void)[] = [];
    receiver.answer = (response, { path }) => {
      const reply = () => response.writeHead(200).end();
      if (path === "/slow") {
        waiting.push(reply);
      } else {
        reply();
      }
    };
    await endpoint({ url: `${receiver.url}/slow`, events: ["connection.degraded"] });
    for (let index = 0; index < 60; index += 1) {
      await emit("connection.degraded");
    }
    await endpoint({ url: `${receiver.url}/quick`, events: ["connection.created"] });
    start();
    await eventually("the slow endpoint has all of its places", async () => waiting.length === 4);
    await emit();
    await eventually("the quick one has its message", async () =>
      receiver.received.some(({ path }) => path === "/quick"),
    );
    expect(waiting).toHaveLength(4);
    receiver.answer = (response) => response.writeHead(200).end();
    waiting.forEach((reply) => {
      reply();
    });
    await eventually("everything arrived", async () => receiver.received.length === 61);
  });
});
