import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, resultOf, run, startPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
});

test("what follows a signal that lives long is forgotten, and what listens is not", async () => {
  const ran = await run(
    pool,
    `async (ctx) => {
      const controller = new AbortController();
      let heard = 0;
      for (let turn = 0; turn < 40; turn += 1) {
        for (let n = 0; n < 1000; n += 1) AbortSignal.any([controller.signal, ctx.signal]);
        AbortSignal.any([AbortSignal.any([controller.signal])]).addEventListener("abort", () => { heard += 1; });
        const target = new EventTarget();
        for (let n = 0; n < 100; n += 1) target.addEventListener("x", () => {}, { signal: controller.signal, once: true });
        target.dispatchEvent(new Event("x"));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      controller.abort();
      return heard;
    }`,
    { limits: { memoryMb: 24, cpuSliceMs: 10_000, cpuTotalMs: 20_000, wallMs: 50_000 } },
  );
  expect(resultOf(ran)).toBe(40);
});

test("what a listener throws fails the run, after the other listeners were called", async () => {
  const ran = await run(
    pool,
    `async (ctx) => {
      const target = new EventTarget();
      target.addEventListener("x", () => { throw new RangeError("in a listener"); });
      target.addEventListener("x", () => { ctx.log.info("the other"); });
      target.dispatchEvent(new Event("x"));
      return "not reached";
    }`,
  );
  expect(codeOf(ran)).toBe("TENON_USER_ERROR");
  expect(ran.status === "failed" && ran.error.message).toBe("in a listener");
});

test("an abort has the reason that Node gives it, and is an error with a place", async () => {
  const ran = await run(
    pool,
    `async () => {
      const { reason } = AbortSignal.abort();
      const late = await new Promise((resolve) => { const signal = AbortSignal.timeout(1); signal.onabort = () => resolve(signal.reason); });
      return [reason, late].map((error) => [error.name, error.code, error.message, error instanceof Error, error instanceof DOMException, error.stack.split("\\n")[0]]);
    }`,
  );
  expect(resultOf(ran)).toEqual([
    ["AbortError", 20, "This operation was aborted", true, true, "AbortError: This operation was aborted"],
    [
      "TimeoutError",
      23,
      "The operation was aborted due to timeout",
      true,
      true,
      "TimeoutError: The operation was aborted due to timeout",
    ],
  ]);
});

test("messages go through a channel as copies, with their buffers and ports", async () => {
  const ran = await run(
    pool,
    `async () => {
      const { port1, port2 } = new MessageChannel();
      const more = new MessageChannel();
      const buffer = new ArrayBuffer(3);
      const sent = { buffer, map: new Map([[1, 2]]) };
      port1.postMessage(sent, [buffer, more.port2]);
      more.port1.postMessage("through the port");
      const event = await new Promise((resolve) => { port2.onmessage = resolve; });
      const inner = await new Promise((resolve) => { event.ports[0].onmessage = resolve; });
      port1.close();
      port2.postMessage("to nobody");
      const refused = (() => { try { port2.postMessage(() => {}); } catch (error) { return error.name; } })();
      return [event.data.map.get(1), event.data.buffer.byteLength, buffer.byteLength, event.isTrusted, event instanceof MessageEvent, inner.data, refused];
    }`,
  );
  expect(resultOf(ran)).toEqual([2, 3, 0, true, true, "through the port", "DataCloneError"]);
});
