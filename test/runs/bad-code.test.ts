import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRunning } from "#test/support/processes.ts";
import { startProduct } from "#test/support/product.ts";
import type { Product } from "#test/support/product.ts";
import { deployWorkflow, logsOf, runWorkflow, triedOnce } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: { TENON_CPU_SLICE_MS: "2000", TENON_MEMORY_LIMIT_MB: "32" } });
  await deployWorkflow(
    product,
    "neighbour",
    triedOnce(`async () => { await new Promise((done) => setTimeout(done, 100)); return "fine"; }`),
  );
});
afterAll(async () => product.close());

let made = 0;

/** Runs bad code beside a good run of the same organization: the good one completes, and the worker lives to run the next. */
async function runBeside(handler: string, options = ""): Promise<RunJson> {
  const slug = `bad-${String((made += 1))}`;
  await deployWorkflow(product, slug, triedOnce(handler, options));
  const [bad, neighbour] = await Promise.all([runWorkflow(product, slug), runWorkflow(product, "neighbour")]);
  expect(neighbour).toMatchObject({ status: "completed", result: "fine" });
  expect(product.workers.map(({ pid }) => isRunning(pid))).toEqual([true]);
  return bad;
}

describe("a workflow that returns", () => {
  test.each([
    ["a circle", "() => { const a = { b: [] }; a.b.push(a); return a; }", "TENON_RESULT_INVALID", /b\[0\]/],
    ["a BigInt", "() => ({ order: { total: 10n } })", "TENON_RESULT_INVALID", /order\.total.*bigint/],
    ["a function", "() => [() => 1]", "TENON_RESULT_INVALID", /\[0\].*function/],
    ["a symbol", "() => Symbol('x')", "TENON_RESULT_INVALID", /symbol/],
    ["a huge string", "() => 'x'.repeat(50_000_000)", "TENON_TOO_LARGE", /1048576 bytes/],
    [
      "a huge list",
      "() => Array.from({ length: 200_000 }, (_, n) => ({ n }))",
      "TENON_TOO_LARGE",
      /1048576 bytes/,
    ],
    ["text that is huge only in UTF-8", "() => '€'.repeat(400_000)", "TENON_TOO_LARGE", /1048576 bytes/],
  ])("%s fails with a code, a place and no second try", async (_, handler, code, message) => {
    const run = await runBeside(handler, "retry: {}");
    expect(run).toMatchObject({ status: "failed", attempt: 1, result: null, error: { code } });
    expect(run.error?.message).toMatch(message);
  });

  test("undefined completes with null", async () => {
    expect(await runBeside("() => undefined")).toMatchObject({ status: "completed", result: null });
  });
});

describe("a workflow that never ends", () => {
  test.each([
    ["in a loop", "() => { for (;;); }", "failed", "TENON_CPU_LIMIT"],
    ["in a loop after an await", "async () => { await null; for (;;); }", "failed", "TENON_CPU_LIMIT"],
    ["in microtasks", "async () => { for (;;) await null; }", "failed", "TENON_CPU_LIMIT"],
    [
      "in the message of its error",
      "() => { throw { get message() { for (;;); } }; }",
      "failed",
      "TENON_CPU_LIMIT",
    ],
    ["in a wait", "async () => { await new Promise(() => {}); }", "timeout", "TENON_TIMEOUT"],
    [
      "in timers",
      "async () => { for (;;) await new Promise((done) => setTimeout(done, 1)); }",
      "timeout",
      "TENON_TIMEOUT",
    ],
  ])("%s is stopped", async (_, handler, status, code) => {
    const run = await runBeside(handler, code === "TENON_TIMEOUT" ? `timeout: "1s"` : "");
    expect(run).toMatchObject({ status, error: { code } });
  });
});

describe("a workflow that allocates without bound", () => {
  test.each([
    ["objects", "() => { const all = []; for (;;) all.push({ a: { b: new Array(50).fill(0.5) } }); }"],
    [
      "arrays after an await",
      "async () => { await null; const all = []; for (;;) all.push(new Array(1000).fill(0.5)); }",
    ],
    ["buffers", "() => { const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1)); }"],
  ])("of %s ends with TENON_MEMORY_LIMIT", async (_, handler) => {
    expect(await runBeside(handler)).toMatchObject({
      status: "failed",
      error: { code: "TENON_MEMORY_LIMIT" },
    });
  });
});

describe("a workflow that floods its log", () => {
  test("with lines keeps the first 10,000 and one marker", async () => {
    const run = await runBeside(
      "() => { for (let i = 0; i < 12_000; i++) console.log('line', i); return 'done'; }",
    );
    expect(run).toMatchObject({ status: "completed", result: "done" });
    const lines = await logsOf(product, run.id);
    expect(lines.length).toBe(10_001);
    expect([lines[0]?.message, lines[9_999]?.message]).toEqual(["line 0", "line 9999"]);
    expect(lines[10_000]).toMatchObject({
      level: "warn",
      message: expect.stringContaining("The log is cut here") as string,
    });
  });

  test("with bytes keeps about 1 MB, each line cut at 16 KB, and one marker", async () => {
    const run = await runBeside(
      "(ctx) => { for (let i = 0; i < 200; i++) ctx.log.info('x'.repeat(50_000), { i, blob: 'y'.repeat(50_000) }); }",
    );
    expect(run.status).toBe("completed");
    const lines = await logsOf(product, run.id);
    expect(lines[0]?.message.length).toBeLessThan(17_000);
    expect(lines[0]?.message).toMatch(/… \(cut\)$/);
    expect(Buffer.byteLength(JSON.stringify(lines))).toBeLessThan(1_300_000);
    expect(lines.filter(({ message }) => message.includes("The log is cut here")).length).toBe(1);
    expect(lines.at(-1)?.message).toContain("The log is cut here");
  });
});

describe("a workflow that fails late", () => {
  test.each([
    ["rejects", "async () => { setTimeout(() => Promise.reject(new Error('late')), 5); return 'done'; }"],
    ["throws", "async () => { setTimeout(() => { throw new Error('late'); }, 5); return 'done'; }"],
    [
      "rejects in a microtask",
      "async () => { Promise.resolve().then(async () => { await null; await null; await null; throw new Error('late'); }); return 'done'; }",
    ],
  ])("%s after it returned has returned", async (_, handler) => {
    const run = await runBeside(handler);
    expect(run).toMatchObject({ status: "completed", result: "done", error: null });
    expect(await logsOf(product, run.id)).toEqual([]);
  });
});

describe("a workflow that throws", () => {
  test.each([
    ["null", "() => { throw null; }", /threw null/],
    ["undefined", "async () => { throw undefined; }", /threw undefined/],
    ["a text", "() => { throw 'no money'; }", /no money/],
    ["a number", "() => Promise.reject(7)", /threw 7/],
    ["a symbol", "() => { throw Symbol('s'); }", /a symbol/],
    ["a plain object", "() => { throw { reason: 'x' }; }", /reason: "x"/],
    [
      "a revoked proxy",
      "() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy; }",
      /object/,
    ],
    [
      "a code of ours",
      "() => { throw Object.assign(new Error('mine'), { code: 'TENON_TIMEOUT' }); }",
      /mine/,
    ],
    ["a circle of causes", "() => { const e = new Error('round'); e.cause = e; throw e; }", /round/],
    ["a huge message", "() => { throw new Error('x'.repeat(5e6)); }", /^x{100}/],
  ])("%s fails with TENON_USER_ERROR", async (_, handler, message) => {
    const run = await runBeside(handler);
    expect(run).toMatchObject({ status: "failed", error: { code: "TENON_USER_ERROR" } });
    expect(run.error?.message).toMatch(message);
    expect(run.error?.message.length).toBeLessThan(10_000);
  });
});

describe("a workflow that breaks outside its own promise", () => {
  test("in a timer, while it is under way, fails with what was thrown", async () => {
    const run = await runBeside(
      "async () => { setTimeout(() => { throw new Error('in a timer'); }, 5); await new Promise(() => {}); }",
    );
    expect(run).toMatchObject({
      status: "failed",
      error: { code: "TENON_USER_ERROR", message: "in a timer", location: { line: 2 } },
    });
  });
});

describe("publishing a bundle", () => {
  const publish = async (bundle: string) => {
    await product.call("POST", "/workflows", { slug: "bundled" });
    const { status, body } = await product.call("POST", "/workflows/bundled/versions", { bundle });
    return { status, code: body["code"] };
  };

  test("of more than 5 MB is refused", async () => {
    const answer = await publish(`var __tenonWorkflow = { default() {} }; /*${"x".repeat(5_242_880)}*/`);
    expect(answer).toEqual({ status: 413, code: "TENON_TOO_LARGE" });
  });

  test.each([
    ["closes the function that wraps it", "1}); globalThis.out = 1; (function () { 1"],
    [
      "allocates without bound while it is loaded",
      "const all = []; for (;;) all.push(new Array(1000).fill(0.5));",
    ],
    ["throws what cannot be read", "throw new Proxy({}, { get() { throw 1; } });"],
  ])("that %s is refused, and the next is served", async (_, code) => {
    expect(await publish(code)).toEqual({ status: 422, code: "TENON_PUBLISH_REJECTED" });
    expect(await runWorkflow(product, "neighbour")).toMatchObject({ result: "fine" });
  });
});
