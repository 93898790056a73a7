import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "#test/egress/server.ts";
import type { TestServer } from "#test/egress/server.ts";
import { allEvents, openEvents } from "#test/support/events.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => product.close());

/** A server whose answers wait for the test: it decides when a run goes on. */
async function startGate(): Promise<{ readonly server: TestServer; open(): void }> {
  let opened = false;
  const waiting: ServerResponse[] = [];
  const server = await serve((_, response) => {
    if (opened) {
      response.end("go");
    } else {
      waiting.push(response);
    }
  });
  return {
    server,
    open: () => {
      opened = true;
      waiting.splice(0).forEach((response) => response.end("go"));
    },
  };
}

async function start(slug: string, input: unknown): Promise<string> {
  const { body } = await product.call<RunJson>("POST", "/runs", {
    workflow: slug,
    environment: "development",
    input,
  });
  return body.id;
}

const logged = (text: string) => (message: { event?: string | undefined; data: string }) =>
  message.event === "log" && (JSON.parse(message.data) as { message: string }).message === text;

test("lines arrive while the run is under way, in order, then its end", async () => {
  const gate = await startGate();
  await deployWorkflow(
    product,
    "gated",
    triedOnce(
      `async (ctx) => {
        console.log("before 1"); console.log("before 2");
        await ctx.fetch(ctx.input);
        ctx.log.warn("after", { n: 1 });
        return "done";
      }`,
      `needs: { egress: ["${gate.server.pattern}"] }`,
    ),
  );
  const id = await start("gated", gate.server.origin);
  const events = await openEvents(product, id);
  expect(await events.until(logged("before 2"))).not.toBeNull();
  // The run cannot end before the test lets it: the lines came live.
  expect((await product.call<RunJson>("GET", `/runs/${id}`)).body.status).toBe("running");
  gate.open();
  expect(await events.until(({ event }) => event === "end")).not.toBeNull();
  expect(await events.until(() => false)).toBeNull();

  const lines = events.seen.filter(({ event }) => event === "log");
  expect(lines.map(({ id: line }) => line)).toEqual(["1-1", "1-2", "1-3"]);
  expect(lines.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { message: "before 1", level: "info" },
    { message: "before 2" },
    { message: "after", level: "warn", data: { n: 1 } },
  ]);
  const statuses = events.seen
    .filter(({ event }) => event === "status")
    .map(({ data }) => (JSON.parse(data) as { status: string }).status);
  expect(statuses.at(-1)).toBe("completed");
  expect(statuses.filter((status) => status !== "queued")).toEqual(["running", "completed"]);
  const end = events.seen.at(-1);
  expect(end).toMatchObject({ event: "end", id: "end" });
  expect(JSON.parse(end?.data ?? "")).toMatchObject({ id, status: "completed", result: "done" });
});

test("a broken stream goes on after the last line that arrived, and stops after the end", async () => {
  const gate = await startGate();
  await deployWorkflow(
    product,
    "resumed",
    triedOnce(
      `async (ctx) => {
        for (let n = 1; n <= 3; n++) console.log("line " + n);
        await ctx.fetch(ctx.input);
        for (let n = 4; n <= 700; n++) console.log("line " + n);
      }`,
      `needs: { egress: ["${gate.server.pattern}"] }`,
    ),
  );
  const id = await start("resumed", gate.server.origin);
  const first = await openEvents(product, id);
  const last = await first.until(logged("line 2"));
  await first.close();
  gate.open();
  const rest = await allEvents(product, id, last?.id);
  const lines = rest.filter(({ event }) => event === "log");
  expect(lines.map(({ id: line }) => line)).toEqual(
    Array.from({ length: 698 }, (_, index) => `1-${String(index + 3)}`),
  );
  expect(rest.at(-1)?.event).toBe("end");
  expect((await openEvents(product, id, "end")).status).toBe(204);
  // Nonsense is as good as nothing: from the beginning.
  expect((await allEvents(product, id, "nonsense")).filter(({ event }) => event === "log").length).toBe(700);
});

test("lines of every attempt are told, numbered anew", async () => {
  await deployWorkflow(
    product,
    "again",
    `import { defineWorkflow } from "tenon";
     export default defineWorkflow({ retry: { maxAttempts: 2, initialInterval: "20ms" } }, async (ctx) => {
       console.log("try " + ctx.run.attempt);
       if (ctx.run.attempt === 1) throw new Error("not yet");
     });`,
  );
  const run = await runWorkflow(product, "again");
  const lines = (await allEvents(product, run.id)).filter(({ event }) => event === "log");
  expect(lines.map(({ id }) => id)).toEqual(["1-1", "2-1"]);
});

test("a listener sees that a run was cancelled", async () => {
  await deployWorkflow(
    product,
    "waits",
    triedOnce(`async () => { console.log("up"); await new Promise(() => {}); }`),
  );
  const id = await start("waits", null);
  const events = await openEvents(product, id);
  await events.until(logged("up"));
  expect((await product.call("POST", `/runs/${id}/cancel`)).status).toBe(200);
  const end = await events.until(({ event }) => event === "end");
  expect(JSON.parse(end?.data ?? "")).toMatchObject({ id, status: "cancelled", result: null });
  expect(events.seen.filter(({ event }) => event === "status").at(-1)?.data).toBe('{"status":"cancelled"}');
});

test("of a run that is over, everything is told at once; of a run that is not there, nothing", async () => {
  await deployWorkflow(product, "over", triedOnce(`() => { throw new Error("broken"); }`));
  const run = await runWorkflow(product, "over");
  const events = await allEvents(product, run.id);
  expect(events.map(({ event }) => event)).toEqual(["status", "end"]);
  expect(JSON.parse(events.at(-1)?.data ?? "")).toMatchObject({
    status: "failed",
    error: { message: "broken" },
  });
  const missing = await openEvents(product, "019a3f5c-7b1e-7c3a-9d60-5f0c2b1a4e77");
  expect(missing.status).toBe(404);
  await missing.close();
});
