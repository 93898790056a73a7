import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApiKey } from "#runtime/keys.ts";
import { openEvents } from "#test/support/events.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Answer, Product } from "#test/support/product.ts";
import { deployWorkflow, triedOnce } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.call("POST", "/environments", { slug: "production", production: true });
  const version = await deployWorkflow(product, "hello", triedOnce(`() => "hello"`));
  await product.call("POST", "/workflows/hello/deployments", { environment: "production", version });
});
afterAll(async () => product.close());

async function startWith(key: string, environment = "development"): Promise<Answer<Record<string, unknown>>> {
  return product.call(
    "POST",
    "/runs?wait=30",
    { workflow: "hello", environment },
    {
      authorization: `Bearer ${key}`,
    },
  );
}

async function makeKey(fields: Record<string, unknown>): Promise<{ id: string; key: string }> {
  const { status, body } = await product.call<{ id: string; key: string }>("POST", "/api-keys", {
    name: "a test's",
    kind: "live",
    ...fields,
  });
  expect(status).toBe(201);
  return body;
}

const refusal = ({ status, body }: Answer<Record<string, unknown>>) => [status, body["code"]];

async function runCount(): Promise<number> {
  return (await product.call<{ data: unknown[] }>("GET", "/runs?limit=100")).body.data.length;
}

test("wrong keys start nothing", async () => {
  const before = await runCount();
  const wrong = ["", "nonsense", `${product.apiKey}x`, product.apiKey.slice(0, -1), makeApiKey("live").key];
  for (const key of wrong) {
    const answer = await startWith(key);
    expect([key === "", ...refusal(answer)]).toEqual([key === "", 401, "TENON_UNAUTHORIZED"]);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  }
  expect(await runCount()).toBe(before);
});

test("a revoked key starts nothing more from that moment on", async () => {
  const { id, key } = await makeKey({ scopes: ["workflows:execute", "runs:read"] });
  expect((await startWith(key)).body["status"]).toBe("completed");
  expect((await product.call("DELETE", `/api-keys/${id}`)).status).toBe(204);
  expect(refusal(await startWith(key))).toEqual([401, "TENON_KEY_REVOKED"]);
});

test("a revoked key ends the streams that it opened, and opens none", async () => {
  await deployWorkflow(
    product,
    "talks",
    triedOnce(
      `async () => { for (;;) { console.log("on and on"); await new Promise((done) => setTimeout(done, 50)); } }`,
      `timeout: "60s"`,
    ),
  );
  const started = await product.call<{ id: string }>("POST", "/runs", {
    workflow: "talks",
    environment: "development",
  });
  const run = started.body.id;
  const { id, key } = await makeKey({ scopes: ["runs:read"] });
  const reader = { url: product.url, apiKey: key };
  const events = await openEvents(reader, run);
  await events.until(({ event }) => event === "log");
  await product.call("DELETE", `/api-keys/${id}`);
  expect(await events.until(({ event }) => event === "end")).toBeNull();
  const again = await openEvents(reader, run);
  expect(again.status).toBe(401);
  await again.close();
  const { body } = await product.call("GET", `/runs/${run}`);
  expect(body["status"]).toBe("running");
  await product.call("POST", `/runs/${run}/cancel`);
});

test("an expired key starts nothing", async () => {
  const { key } = await makeKey({ expiresAt: new Date(Date.now() + 2_000).toISOString() });
  const answer = await eventually("the key expires", async () => {
    const tried = await startWith(key);
    return tried.status === 401 && tried;
  });
  expect(refusal(answer)).toEqual([401, "TENON_KEY_EXPIRED"]);
});

test("a test key starts nothing in production, and sees nothing of it", async () => {
  const { key } = await makeKey({ kind: "test" });
  expect((await startWith(key)).body["status"]).toBe("completed");
  const live = await startWith(product.apiKey, "production");
  expect(live.body["status"]).toBe("completed");
  expect(refusal(await startWith(key, "production"))).toEqual([403, "TENON_TEST_KEY"]);
  const headers = { authorization: `Bearer ${key}` };
  for (const route of [`/runs/${String(live.body["id"])}`, "/environments/production/secrets"]) {
    expect(refusal(await product.call("GET", route, undefined, headers))).toEqual([403, "TENON_TEST_KEY"]);
  }
});

test("a key of few scopes does what they say, and no more", async () => {
  const { key } = await makeKey({ scopes: ["runs:read"] });
  const refused = await startWith(key);
  expect(refusal(refused)).toEqual([403, "TENON_FORBIDDEN"]);
  expect(refused.body["detail"]).toContain("workflows:execute");
});
