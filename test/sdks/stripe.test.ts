import { expect, test } from "vitest";
import { expectBlind, key, startWorld } from "./world.ts";
import type { Answer } from "./world.ts";

const world = startWorld();

const ANSWERS: Readonly<Record<string, Answer>> = {
  "/v1/customers": { json: { id: "cus_1", object: "customer" } },
  "/v1/payment_intents": { json: { id: "pi_1", object: "payment_intent" } },
  "/v1/invoices?limit=1": {
    json: { object: "list", data: [{ id: "in_1" }], has_more: true, url: "/v1/invoices" },
  },
  "/v1/invoices?limit=1&starting_after=in_1": {
    json: { object: "list", data: [{ id: "in_2" }], has_more: false, url: "/v1/invoices" },
  },
  "/v1/charges/ch_none": {
    status: 404,
    json: { error: { type: "invalid_request_error", code: "resource_missing" } },
  },
  "/v1/files": { json: { id: "file_1", object: "file" } },
};

test("stripe creates, pages, uploads and fails with a key that it never sees", async () => {
  const secrets = { STRIPE_KEY: key("sk_test_") };
  const called = await world.call("stripe", {
    secrets,
    answer: ({ url }) => ANSWERS[url] ?? { status: 500, json: { error: { message: url } } },
  });
  expect(called.result).toEqual({
    customer: "cus_1",
    intent: "pi_1",
    invoices: ["in_1", "in_2"],
    file: "file_1",
    refused: "resource_missing",
  });
  const [customer, intent] = called.received;
  expect([...new URLSearchParams(customer?.body)]).toEqual([
    ["email", "ada@example.com"],
    ["metadata[plan]", "a & b"],
    ["metadata[ключ]", "é"],
  ]);
  expect(intent?.headers).toMatchObject({
    "idempotency-key": "order-1",
    "content-type": "application/x-www-form-urlencoded",
  });
  for (const { headers } of called.received) {
    expect(headers.authorization).toBe(`Bearer ${secrets.STRIPE_KEY}`);
  }
  const upload = called.received.find(({ url }) => url === "/v1/files");
  const form = await new Response(Buffer.from(upload?.body ?? "", "latin1"), {
    headers: { "content-type": upload?.headers["content-type"] ?? "" },
  }).formData();
  expect(await (form.get("file") as File).text()).toBe("evidence");
  expectBlind(called, secrets);
});
