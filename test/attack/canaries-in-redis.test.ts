import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomHex } from "#runtime/ids.ts";
import { serve } from "#test/egress/server.ts";
import { connect, json, makeConnector } from "#test/runs/connections.ts";
import { connectOwner } from "#test/support/owner.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { startRedis } from "#test/support/redis.ts";
import type { RedisServer } from "#test/support/redis.ts";
import { describeWithRedis } from "#test/support/require.ts";
import { findIn, findInDatabase, findInFiles, findInRedis, needles } from "#test/support/search.ts";
import { deployWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";
import { CANARY, canary, CARELESS, useEveryMethod } from "./canaries.ts";

let redis: RedisServer;
let product: Product;
/** Holds every write that Redis was asked for, those of jobs that are gone too. */
let history: string;

/** A workflow whose first attempt throws what a server repeats, and whose second one waits for an hour. */
async function deployRetried(): Promise<void> {
  const connector = await makeConnector(product, (await echoing()).port, {
    actions: [{ slug: "get-thing", name: "Get", http: { method: "GET", path: "/thing" } }],
  });
  await connect(product, { connector, secrets: { token: canary("retried") } });
  await deployWorkflow(
    product,
    "retried",
    `import { defineWorkflow } from "tenon";
export default defineWorkflow({
  retry: { maxAttempts: 2, initialInterval: "1h", maxInterval: "1h" },
  needs: { connections: { api: { connector: "${connector}" } } },
}, ${CARELESS});`,
  );
}

async function echoing() {
  return serve((request, response) =>
    json(response, request.headers, 200, { "x-echo": String(request.headers.authorization) }),
  );
}

/** Starts a run without waiting for it. */
async function start(workflow: string, input: unknown): Promise<string> {
  const { status, body } = await product.call<RunJson>("POST", "/runs", {
    workflow,
    environment: "development",
    input,
  });
  expect(status).toBe(202);
  return body.id;
}

/** Starts a run that the worker may not claim, and waits until its job has failed. */
async function failJob(): Promise<void> {
  const owner = connectOwner(product.db.url);
  await owner`revoke update on runs from tenon_app`;
  await start("retried", canary("denied"));
  await eventually("a job has failed", async () => (await keysWith("permission denied for table runs"))[0]);
  await owner`grant update on runs to tenon_app`;
  await owner.end();
}

/** The keys that hold a text in any form. */
async function keysWith(text: string): Promise<string[]> {
  return (await findInRedis(redis.url, needles(text))).found;
}

/** Puts a text into a key of its own for every form and every type of key. Resolves to their names. */
async function plant(text: string): Promise<string[]> {
  const client = new Redis(redis.url);
  const names: string[] = [];
  for (const [form, bytes] of needles(text)) {
    const name = (type: string): string => {
      names.push(`${type} ${form}`);
      return `${type} ${form}`;
    };
    await client.set(name("string"), bytes);
    await client.hset(name("hash"), "field", bytes);
    await client.hset(name("hash field"), bytes, "value");
    await client.rpush(name("list"), "first", bytes);
    await client.sadd(name("set"), bytes);
    await client.zadd(name("sorted set"), 1, bytes);
    await client.xadd(name("stream"), "*", "field", bytes);
  }
  await client.select(1);
  await client.set(text, "in another database, as a key");
  client.disconnect();
  return [...names, text];
}

describeWithRedis("on Redis", () => {
  beforeAll(async () => {
    history = mkdtempSync(path.join(tmpdir(), "tenon-redis-"));
    redis = await startRedis({ history });
    product = await startProduct({ env: { REDIS_URL: redis.url } });
  });
  afterAll(async () => {
    try {
      product.workers[0]?.kill("SIGCONT");
      await product.close();
    } finally {
      await redis.stop();
      rmSync(history, { recursive: true });
    }
  });

  test("canary credentials of every auth method are in no key and in no write, whatever became of the job", async () => {
    const [used] = (await useEveryMethod(product)) as [RunJson];
    await deployRetried();
    const retried = await start("retried", "throw");
    await eventually("the second attempt waits", async () => {
      const { body } = await product.call<RunJson>("GET", `/runs/${retried}`);
      return body.status === "queued" && body.attempt === 1;
    });
    await failJob();
    const [worker] = product.workers;
    worker?.kill("SIGSTOP");
    const waiting = await start("retried", { apiKey: canary("waiting") });

    const forms = needles(CANARY);
    const dataSet = await findInRedis(redis.url, forms);
    expect(dataSet.keys).toBeGreaterThan(4);
    expect(dataSet.found).toEqual([]);
    expect(findInFiles(history, forms).found).toEqual([]);
    expect((await findInDatabase(product.db.url, forms)).found).toEqual([]);
    expect(findIn(Buffer.from((worker?.stderr() ?? "") + product.api.stderr()), forms)).toEqual([]);

    // What must be there is found: jobs that wait, until later too, and what is left of one that is done.
    for (const id of [waiting, `${retried}-1`]) {
      expect(await keysWith(id)).toContain(`bull:background:${id}`);
    }
    expect(await keysWith(used.id)).toEqual(["bull:background:events"]);
    const mark = `mark-${randomHex(12)}`;
    const planted = await plant(mark);
    expect((await findInRedis(redis.url, needles(mark))).found.sort()).toEqual(planted.sort());
    for (const [form, bytes] of needles(mark)) {
      expect(findInFiles(history, new Map([[form, bytes]])).found.length, form).toBeGreaterThan(0);
    }
  }, 180_000);
});
