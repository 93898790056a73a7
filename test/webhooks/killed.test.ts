import { afterAll, beforeAll, expect, test } from "vitest";
import { asOrganization } from "#runtime/db/tenant.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { startReceiver, verify } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";

let product: Product;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
  await receiver.close();
});

test("a worker that is killed while it sends does not lose the message: another one sends it again", async () => {
  receiver.answer = () => undefined;
  const made = await product.call<{ id: string; secret: string }>("POST", "/webhook-endpoints", {
    url: receiver.url,
  });
  await product.call("POST", `/webhook-endpoints/${made.body.id}/test`);
  await eventually("the worker sends", async () => receiver.received.length === 1);
  product.workers[0]?.kill("SIGKILL");
  receiver.answer = (response) => response.writeHead(204).end();
  // The lease's minute passes at once.
  await asOrganization(product.db.database, product.organizationId, async (sql) => {
    const held = await sql`
      update webhook_deliveries set lease_expires_at = now()
      where organization_id = ${product.organizationId} and lease_token is not null returning 1`;
    expect(held).toHaveLength(1);
  });
  await product.addWorker();
  await eventually("the other worker sends", async () => receiver.received.length === 2);
  const [first, second] = receiver.received;
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.body).toBe(first?.body);
  expect(second === undefined ? null : verify(made.body.secret, second)).toMatchObject({
    type: "webhook.test",
  });
  await eventually("it is written down", async () => {
    const { body } = await product.call<{ data: { status: string; attempts: number }[] }>(
      "GET",
      `/webhook-endpoints/${made.body.id}/deliveries`,
    );
    return body.data[0]?.status === "delivered" && body.data[0].attempts === 2;
  });
});
