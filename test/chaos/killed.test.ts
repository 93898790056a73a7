import { afterEach, describe, expect, test } from "vitest";
import { Redis } from "ioredis";
import { connectOwner } from "#test/support/owner.ts";
import { eventually, startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { killAll, sandboxPids } from "#test/support/processes.ts";
import { startRedis } from "#test/support/redis.ts";
import type { RedisServer } from "#test/support/redis.ts";
import { describeWithRedis } from "#test/support/require.ts";
import { deployWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

const RUNS = 40;
const WAITING = `import { defineWorkflow } from "tenon";
  export default defineWorkflow({ retry: { maxAttempts: 1 } }, async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return ctx.input;
  });`;

let product: Product;
let redis: RedisServer | null = null;
afterEach(async () => {
  await product.close();
  await redis?.stop();
  redis = null;
});

describe("on PostgreSQL alone", () => {
  test("a worker killed in mid run loses no run: another one finishes them", async () => {
    product = await startProduct({ workers: 2 });
    await survivesKilledWorker();
  }, 120_000);

  test("a database whose connections are all cut under load loses no accepted run", async () => {
    product = await startProduct({ workers: 2 });
    await deployWorkflow(product, "waiting", WAITING);
    const accepted = await accept(RUNS / 2);
    await cutConnections();
    accepted.push(...(await accept(RUNS / 2)));
    await cutConnections();
    await allCompleted(accepted);
  }, 120_000);

  test("a sandbox process killed in mid run fails or retries only its own runs", async () => {
    product = await startProduct({ workers: 1 });
    await deployWorkflow(product, "waiting", WAITING);
    const accepted = await accept(10);
    await eventually("some run is running", async () => {
      const { body } = await product.call<{ data: RunJson[] }>("GET", "/runs?status=running");
      return body.data.length > 0;
    });
    const sandboxes = sandboxPids(product.workers[0]?.pid ?? 0);
    expect(sandboxes.length).toBeGreaterThan(0);
    killAll(sandboxes);
    await allCompleted(accepted);
  }, 120_000);
});

describeWithRedis("on Redis", () => {
  test("several workers share the work, and a killed one loses no run", async () => {
    redis = await startRedis();
    product = await startProduct({ workers: 2, env: { REDIS_URL: redis.url } });
    await survivesKilledWorker();
    const owner = connectOwner(product.db.url);
    const workers = await owner`select distinct worker from attempts where status = 'completed'`;
    await owner.end();
    expect(workers.length).toBeGreaterThan(1);
  }, 120_000);

  test("a queue that lost everything loses no run", async () => {
    redis = await startRedis();
    product = await startProduct({ workers: 1, env: { REDIS_URL: redis.url } });
    await deployWorkflow(product, "waiting", WAITING);
    product.workers[0]?.kill("SIGSTOP");
    const accepted = await accept(10);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    product.workers[0]?.kill("SIGCONT");
    await allCompleted(accepted);
  }, 120_000);
});

async function survivesKilledWorker(): Promise<void> {
  await deployWorkflow(product, "waiting", WAITING);
  const accepted = await accept(RUNS);
  await eventually("some runs are running", async () => {
    const { body } = await product.call<{ data: RunJson[] }>("GET", "/runs?status=running");
    return body.data.length > 2;
  });
  product.workers[0]?.kill("SIGKILL");
  product.workers.splice(0, 1);
  await product.addWorker();
  await allCompleted(accepted);
}

async function accept(count: number): Promise<string[]> {
  const started = await Promise.all(
    Array.from({ length: count }, async (_, index) =>
      eventually("the run is accepted", async () => {
        const answer = await product.call<RunJson>(
          "POST",
          "/runs",
          { workflow: "waiting", environment: "development", input: index },
          { "idempotency-key": `run-${String(index)}-${String(count)}` },
        );
        return answer.status < 300 && answer.body.id;
      }),
    ),
  );
  return started;
}

async function allCompleted(runIds: readonly string[]): Promise<void> {
  for (const id of runIds) {
    const run = await eventually(
      `run ${id} ends`,
      async () => {
        const { status, body } = await product.call<RunJson>("GET", `/runs/${id}`);
        return (
          status === 200 && ["completed", "failed", "timeout", "cancelled"].includes(body.status) && body
        );
      },
      90_000,
    );
    expect(run.status).toBe("completed");
  }
}

async function cutConnections(): Promise<void> {
  const owner = connectOwner(product.db.url);
  await owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await owner.end();
}
