import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startDeliveries } from "#runtime/worker/deliver.ts";
import { makeTenant, startApi } from "#test/api/server.ts";
import type { TestApi } from "#test/api/server.ts";
import { must } from "#test/connect/kit.ts";
import { startReceiver } from "#test/webhooks/receiver.ts";
import type { Receiver } from "#test/webhooks/receiver.ts";

let api: TestApi;
let tarpit: Receiver;
let receiver: Receiver;
beforeAll(async () => {
  api = await startApi();
  tarpit = await startReceiver();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await api.close();
});

test("an organization whose many endpoints never answer does not hold up another one's messages", async () => {
  const slow = await makeTenant(api);
  const other = await makeTenant(api);
  tarpit.answer = () => undefined;
  for (let endpoint = 0; endpoint < 10; endpoint += 1) {
    const { id } = await must(slow, "POST", "/webhook-endpoints", {
      url: `${tarpit.url}/${String(endpoint)}`,
    });
    for (let message = 0; message < 5; message += 1) {
      await must(slow, "POST", `/webhook-endpoints/${id}/test`);
    }
  }
  const deliveries = startDeliveries(api.parts, 50);
  try {
    await vi.waitFor(() => {
      expect(tarpit.received.length).toBeGreaterThanOrEqual(16);
    });
    const { id } = await must(other, "POST", "/webhook-endpoints", { url: receiver.url });
    await must(other, "POST", `/webhook-endpoints/${id}/test`);
    await vi.waitFor(
      () => {
        expect(receiver.received).toHaveLength(1);
      },
      { timeout: 5_000 },
    );
  } finally {
    await tarpit.close();
    await deliveries.stop();
  }
});
