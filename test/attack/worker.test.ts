import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import type { Egress } from "#runtime/egress/fetch.ts";
import { createRedactor } from "#runtime/vault/redact.ts";
import { Blind } from "#runtime/host/blind.ts";
import { CallDesk, ProtocolError } from "#runtime/host/call-desk.ts";
import { ResponseStreams } from "#runtime/host/calls/streams.ts";
import { Failures } from "#runtime/host/failure.ts";
import { describeExecution } from "#runtime/host/describe.ts";
import type { Execution } from "#runtime/host/execution.ts";
import { LogBatch } from "#runtime/host/log-batch.ts";
import { bundleGuest } from "#runtime/host/guest-bundle.ts";
import { buildSandboxProgram } from "#runtime/host/sandbox-program.ts";
import { SandboxProcess } from "#runtime/host/process.ts";
import { createLogger } from "#runtime/log.ts";
import { encodeFrame } from "#runtime/sandbox/wire.ts";
import { manifestSchema } from "#runtime/workflows/manifest.ts";
import { rejection, request, secret as bound, serve } from "#test/egress/server.ts";
import {
  bundleOf,
  codeOf,
  NO_CONNECTIONS,
  resultOf,
  run,
  secret,
  startPool,
} from "#test/host/sandbox-pool.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";

let pool: SandboxPool;
let egress: Egress;
beforeAll(async () => {
  pool = await startPool({ processes: 1 });
  egress = createEgress({ allow: ["127.0.0.0/8"] });
});
afterAll(async () => {
  await pool.close();
  await egress.close();
});

/** A desk whose way out never answers, and what it replied. */
function stuckDesk(change: Partial<Execution> = {}) {
  const over = new AbortController();
  const signal = over.signal;
  const replies: string[] = [];
  const execution = {
    ...describeExecution({ organizationId: "a", bundle: bundleOf("() => 1"), signal }, 64),
    ...change,
  };
  const silent = { fetch: async () => new Promise<never>(() => undefined), close: async () => undefined };
  const streams = new ResponseStreams();
  const blind = new Blind([]);
  const context = { ...NO_CONNECTIONS, execution, egress: silent, signal, blind, streams };
  return { over, replies, desk: new CallDesk(context, (text) => replies.push(text)) };
}

describe("a run that has taken over its sandbox process", () => {
  test("cannot pile up calls in the worker's memory", () => {
    const { desk, replies } = stuckDesk();
    const argument = JSON.stringify({ filler: "x".repeat(8 * 1024 * 1024) });
    for (let id = 1; id <= 10; id += 1) {
      desk.take(`c${String(id)} fetch ${argument}`);
    }
    expect(replies.filter((reply) => reply.includes("TENON_TOO_LARGE")).length).toBeGreaterThanOrEqual(4);
  });

  test("has no effect by calls that still waited when it ended", async () => {
    const uses: string[] = [];
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    const { desk, over, replies } = stuckDesk({
      secrets: [secret("KEY", "0123456789", { reveal: true })],
      onSecretUse: async ({ kind }) => {
        uses.push(kind);
        await held;
      },
    });
    desk.take('c1 reveal {"name":"KEY"}');
    desk.take('c2 reveal {"name":"KEY"}');
    over.abort(new DOMException("The run is over.", "AbortError"));
    letGo(undefined);
    await expect.poll(() => replies.length).toBe(2);
    expect(uses).toEqual(["reveal"]);
    expect(replies.filter((reply) => reply.includes("TENON_ABORTED"))).toHaveLength(1);
  });

  test("cannot exhaust the worker's stack by thousands of calls that wait when it ends", async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    const { desk, over, replies } = stuckDesk({
      secrets: [secret("KEY", "0123456789", { reveal: true })],
      onSecretUse: async () => held,
    });
    for (let id = 1; id <= 9_000; id += 1) {
      desk.take(`c${String(id)} reveal {"name":"KEY"}`);
    }
    over.abort(new DOMException("The run is over.", "AbortError"));
    letGo(undefined);
    await expect.poll(() => replies.length).toBe(9_000);
  });

  test("cannot make much of little by the names in its own source map", () => {
    const map = { version: 3, sources: ["A".repeat(1_000_000)], names: [], mappings: "AAAA" };
    const failures = new Failures(JSON.stringify(map), createRedactor([]));
    expect(failures.mapText("tenon:workflow:1:1 ".repeat(500)).length).toBeLessThan(500_000);
  });

  test("cannot end the worker with a log line of a million entries", async () => {
    const { limits } = describeExecution(
      { organizationId: "a", bundle: bundleOf("() => 1"), signal: new AbortController().signal },
      64,
    );
    const redactor = createRedactor([{ value: "0123456789", replacement: "[secret:KEY]" }]);
    const batch = new LogBatch({
      limits: { ...limits, logBytes: 10_000_000 },
      redactor,
      mapText: (text) => text,
      write: async () => undefined,
      onFailure: () => undefined,
    });
    const line = `{"level":"info","message":"","data":[${"1,".repeat(1_000_000)}1]}`;
    expect(() => batch.add(line)).toThrow(ProtocolError);
    await batch.finish();
    expect(redactor.json(Array.from({ length: 1_000_000 }, () => 1))).toHaveLength(1_000_000);
  });

  test("is ended for words about a run that was never started, and for words that are none", async () => {
    const program = await buildSandboxProgram();
    const prelude = await bundleGuest();
    const log = createLogger("test", "silent");
    for (const bytes of [
      encodeFrame({ type: "posts", run: 7, texts: [] }),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ]) {
      const under = new SandboxProcess({ program, prelude, memoryMb: 64, lockdown: false, log });
      await under.lockdown;
      (under.child.stdio[3] as Duplex).emit("data", bytes);
      const [, signal] = (await once(under.child, "exit")) as [unknown, string];
      expect(signal).toBe("SIGKILL");
    }
  });
});

describe("a small run that asks for much", () => {
  test("cannot make a request of gigabytes by naming a long secret often", async () => {
    const server = await serve((_, response) => response.end("received"));
    const long = bound("LONG", "v".repeat(65_536), [server.pattern]);
    const body = Buffer.from(long.placeholder.repeat(10_000));
    const failure = await rejection(
      egress.fetch(request(server.origin, { method: "POST", body, secrets: [long] })),
    );
    expect(failure).toMatchObject({ code: "TENON_TOO_LARGE" });
    expect(server.received).toEqual([]);
    const fine = Buffer.from(long.placeholder.repeat(3));
    await egress.fetch(request(server.origin, { method: "POST", body: fine, secrets: [long] }));
    expect(server.received[0]?.body).toHaveLength(3 * 65_536);
  });

  test("cannot make a result of a hundred megabytes by saying a short secret often", async () => {
    const ran = await run(pool, "() => 'ab '.repeat(50000)", {
      secrets: [secret(`LONG_${"X".repeat(100)}`, "ab")],
      limits: { resultBytes: 200_000 },
    });
    expect(codeOf(ran)).toBe("TENON_TOO_LARGE");
  });

  test("gets its long list back, redacted", async () => {
    const ran = await run(pool, "() => ['0123456789', ...new Array(300000).fill(1)]", {
      secrets: [secret("KEY", "0123456789")],
      limits: { cpuSliceMs: 10_000, cpuTotalMs: 10_000 },
    });
    expect((resultOf(ran) as unknown[])[0]).toBe("[secret:KEY]");
  });

  test("cannot declare a pause that no date can hold", () => {
    for (const initialInterval of [1e300, `${"9".repeat(400)}d`]) {
      expect(manifestSchema.safeParse({ retry: { initialInterval } }).success).toBe(false);
    }
    expect(manifestSchema.parse({ retry: { maxInterval: "30d" } }).retry.maxInterval).toBe(2_592_000_000);
  });
});

describe("ctx.hmac", () => {
  const sign = async (value: string, keyEncoding: string) =>
    run(pool, `async (ctx) => ctx.hmac("KEY", "message", { keyEncoding: ${JSON.stringify(keyEncoding)} })`, {
      secrets: [secret("KEY", value)],
    });

  test.each([
    ["hex", "ab_the rest that nobody may know"],
    ["hex", "abc"],
    ["base64", "user=the-rest-that-nobody-may-know"],
    ["base64url", "key.the.rest"],
  ])("does not sign with the first bytes of a secret that is not %s", async (encoding, value) => {
    const ran = await sign(value, encoding);
    expect(codeOf(ran)).toBe("TENON_INVALID");
    expect(JSON.stringify(ran)).not.toContain("rest");
  });

  test.each([
    ["hex", "00ffAB"],
    ["base64", "AP+/qw=="],
    ["base64", "AP+/qw\n"],
    ["base64url", "AP-_qw"],
  ])("takes %s keys as they are written", async (encoding, value) => {
    expect(codeOf(await sign(value, encoding))).toBe("completed");
  });
});

test("a host that repeats a secret in the name of a header shows it to nobody", async () => {
  const value = "Key_With-Letters42";
  const server = await serve((received, response) => {
    const name = String(received.headers["x-key"]);
    response.writeHead(200, { [name]: "1", [`x-${name}`]: "2", "x-value": name }).end();
  });
  const key = bound("KEY", value, [server.pattern]);
  const replies: string[] = [];
  const { signal } = new AbortController();
  const described = describeExecution({ organizationId: "a", bundle: bundleOf("() => 1"), signal }, 64);
  const execution = { ...described, limits: { ...described.limits, bodyBytes: 1_000 }, secrets: [key] };
  const blind = new Blind([key]);
  const streams = new ResponseStreams();
  const context = { ...NO_CONNECTIONS, execution, egress, signal, blind, streams };
  const desk = new CallDesk(context, (text) => replies.push(text));
  const { origin: url } = server;
  const headers = [["x-key", key.placeholder]];
  const wanted = { url, method: "GET", redirect: "follow", headers, body: null };
  desk.take(`c1 fetch ${JSON.stringify({ token: 1, request: wanted })}`);
  await expect.poll(() => replies.length).toBe(1);
  expect(server.received[0]?.headers["x-key"]).toBe(value);
  expect(replies[0]).toMatch(/^r1 /);
  expect(replies[0]).toContain(`["x-value","${key.placeholder}"]`);
  expect(replies[0]?.toLowerCase()).not.toContain(value.toLowerCase());
});
