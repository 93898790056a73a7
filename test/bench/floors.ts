import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import ivm from "isolated-vm";
import { Pool } from "undici";
import type { DatabaseAccess } from "#runtime/db/connect.ts";
import { createLogger } from "#runtime/log.ts";
import { connectQueue } from "#runtime/queue/backend.ts";
import { sequential, throughput } from "./measure.ts";

/** Times of one thing done `count` times in sequence (ms), and how many a second with `width` in flight. */
export interface Figures {
  readonly times: readonly number[];
  readonly perSecond: number;
}

/** Floor 1: an HTTP echo by Hono in this process, through a socket. */
export async function honoEcho(count: number, width: number): Promise<Figures> {
  const app = new Hono().post("/", async (c) => c.json(await c.req.json()));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const pool = new Pool(`http://127.0.0.1:${String(port)}`, { connections: width });
  const headers = { "content-type": "application/json" };
  const echo = async (): Promise<void> => {
    const { body } = await pool.request({ path: "/", method: "POST", headers, body: '{"name":"Ada"}' });
    await body.json();
  };
  const figures = {
    times: await sequential(count, echo),
    perSecond: await throughput(count * 2, width, echo),
  };
  await pool.close();
  server.close();
  return figures;
}

/** Floor 2: BullMQ with a job that does nothing, added and awaited in this process, on the product's backend. */
export async function rawQueue(
  access: { readonly redisUrl: string | null; readonly database: DatabaseAccess },
  count: number,
  width: number,
): Promise<Figures> {
  const backend = connectQueue(access, { poolSize: 10, log: createLogger("bench", "silent") });
  // Its own name would need its own schema rows only: the product is idle meanwhile, so `background` is free.
  const waiting = new Map<string, () => void>();
  const worker = backend.worker(
    "background",
    async (payload) => {
      waiting.get((payload as { runId: string }).runId)?.();
    },
    { concurrency: width },
  );
  const queue = backend.queue("background");
  const once = async (): Promise<void> => {
    const runId = randomUUID();
    const done = new Promise<void>((resolve) => waiting.set(runId, resolve));
    await queue.add("run", { kind: "run", runId, organizationId: runId }, { jobId: runId });
    await done;
    waiting.delete(runId);
  };
  await sequential(20, once);
  const figures = {
    times: await sequential(count, once),
    perSecond: await throughput(count * 2, width, once),
  };
  await worker.close();
  await queue.close();
  await backend.close();
  return figures;
}

/** Floor 3: a fresh isolate that runs the same code once, without any bridge or capability. */
export async function rawIsolate(code: string, count: number, width: number): Promise<Figures> {
  const call = `JSON.stringify(await __tenonWorkflow.default.handler(ctx, ctx.input))`;
  const source = `${code}\n;(async () => { const ctx = { input: { name: "Ada" }, secrets: { BENCH_KEY: "x" } }; return ${call}; })()`;
  const run = async (): Promise<void> => {
    const isolate = new ivm.Isolate({ memoryLimit: 128 });
    const context = await isolate.createContext();
    const script = await isolate.compileScript(source);
    await script.run(context, { promise: true, copy: true, timeout: 10_000 });
    isolate.dispose();
  };
  await sequential(10, run);
  return { times: await sequential(count, run), perSecond: await throughput(count * 2, width, run) };
}
