import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { newId } from "#runtime/ids.ts";
import { codeOf, describeCode, resultOf, run, secret, startPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool({ processes: 2 });
});
afterAll(async () => {
  await pool.close();
});

const innocent = (organizationId: string) =>
  run(pool, "async () => { await new Promise((r) => setTimeout(r, 100)); return 'fine'; }", {
    organizationId,
  });

/** An attack beside a neighbour of another organization: the neighbour completes, and so does whoever comes next. */
async function attack(code: string, limits: Parameters<typeof run>[2] = {}) {
  const attacker = async () =>
    run(pool, code, {
      organizationId: "attacker",
      ...limits,
      limits: { cpuSliceMs: 500, wallMs: 5_000, ...limits.limits },
    });
  const [ran, neighbour] = await Promise.all([attacker(), innocent("innocent")]);
  expect(resultOf(neighbour)).toBe("fine");
  // The process of the attack before may only now be killed, and this one lost with it: a worker runs it again.
  return ran.status === "lost" ? attacker() : ran;
}

describe("code that never ends", () => {
  test.each([
    ["synchronously", "() => { for (;;); }"],
    ["after an await", "async () => { await null; for (;;); }"],
    ["after a timer", "async () => { await new Promise((r) => setTimeout(r, 5)); for (;;); }"],
    ["in microtasks", "async () => { for (;;) await null; }"],
    ["in a getter of what it throws", "() => { throw { get message() { for (;;); } }; }"],
    [
      "in the name of an error",
      "() => { const e = new Error('x'); Object.defineProperty(e, 'name', { get() { for (;;); } }); throw e; }",
    ],
    [
      "in a proxy that it throws",
      "() => { throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } }); }",
    ],
    [
      "in a rejection that nobody handles",
      "async () => { Promise.reject(new Proxy({}, { get() { for (;;); } })); for (;;) await null; }",
    ],
    ["in toJSON", "() => ({ toJSON() { for (;;); } })"],
    ["in a regular expression", "() => /^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ["in finally", "() => { for (;;) { try { for (;;); } finally { continue; } } }"],
    ["in array natives", "() => [].indexOf.call(Object.assign(new Array(2 ** 32 - 1), { 5: 1 }), 2)"],
    ["in fill", "() => { for (;;) new Array(2 ** 25).fill(1); }"],
    ["in array-likes", "() => [].includes.call({ length: 2 ** 53 - 1 }, 1)"],
    ["in BigInt", "() => (2n ** (2n ** 24n)).toString().length"],
  ])("ends with a code: %s", { timeout: 40_000 }, async (_, code) => {
    expect(codeOf(await attack(code))).toMatch(
      /^TENON_(CPU_LIMIT|MEMORY_LIMIT|TIMEOUT|SANDBOX_CRASHED|USER_ERROR)$|^completed$/,
    );
    expect(resultOf(await innocent("attacker"))).toBe("fine");
  });
});

describe("code that takes memory", () => {
  test.each([
    ["objects", "async () => { const k = []; for (;;) k.push({ a: { b: {} } }); }"],
    ["arrays", "async () => { await null; const k = []; for (;;) k.push(new Array(1000).fill(1)); }"],
    ["strings", "() => { const k = []; for (;;) k.push('x'.repeat(100000) + Math.random()); }"],
    ["buffers", "() => { const k = []; for (;;) k.push(new Uint8Array(1e6).fill(1)); }"],
    ["maps", "() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, { i }); }"],
  ])("ends with a code: %s", { timeout: 40_000 }, async (_, code) => {
    const ran = await attack(code, { limits: { cpuSliceMs: 8_000, cpuTotalMs: 10_000, wallMs: 15_000 } });
    expect(codeOf(ran)).toMatch(/^TENON_(MEMORY_LIMIT|CPU_LIMIT)$/);
    expect(resultOf(await innocent("attacker"))).toBe("fine");
  });
});

describe("code that looks for a way out", () => {
  test("finds no host object, no module system and nothing that escapes the heap limit", async () => {
    const ran = await attack(`() => {
      const seen = [];
      for (const name of ["process", "require", "module", "ivm", "global", "Buffer", "WebAssembly", "SharedArrayBuffer", "Atomics", "__tenonLoad", "__tenonPrelude"])
        if (typeof globalThis[name] !== "undefined") seen.push(name);
      const F = (async () => {}).constructor;
      const grown = new ArrayBuffer(8, { maxByteLength: 1 << 30 });
      const again = new (new Uint8Array(1).buffer.constructor)(8, { maxByteLength: 64 });
      class Own extends ArrayBuffer {}
      return { seen, outer: F("return typeof process + typeof require")() instanceof Promise, resizable: [grown, again, new Own(8, { maxByteLength: 64 })].map((b) => b.resizable),
        made: Function("return typeof process")(), chain: [].constructor.constructor("return typeof process")() };
    }`);
    expect(resultOf(ran)).toEqual({
      seen: [],
      outer: true,
      resizable: [false, false, false],
      made: "undefined",
      chain: "undefined",
    });
  });

  test("gets nothing from the frames of a stack", async () => {
    const ran = await attack(`async (ctx) => {
      const found = [];
      Error.prepareStackTrace = (_, sites) => { for (const s of sites) { const f = s.getFunction?.(); const t = s.getThis?.(); if (f && String(f).endsWith("[" + "native code] }")) found.push(String(f)); if (t && t !== globalThis && typeof t.apply === "function") found.push("this"); } return "x"; };
      try { ctx.secrets.NOPE; } catch (e) { e.stack; }
      try { await ctx.fetch("nonsense"); } catch (e) { e.stack; }
      new Error().stack;
      return found;
    }`);
    expect(resultOf(ran)).toEqual([]);
  });

  test("cannot keep its changes for the next run", async () => {
    await attack(
      "() => { Object.prototype.polluted = 1; Array.prototype.push = () => { throw 1; }; Promise.prototype.then = () => {}; JSON.stringify = () => 'x'; return 1; }",
    );
    const next = await run(pool, "async () => { await null; return [{}.polluted ?? 'clean']; }", {
      organizationId: "attacker",
    });
    expect(resultOf(next)).toEqual(["clean"]);
  });

  test("breaks only its own answers with patched primordials", async () => {
    const ran = await attack(
      `async (ctx) => {
      Object.prototype.toJSON = function () { return "owned"; };
      Object.defineProperty(Array.prototype, "0", { set() { throw new Error("setter"); }, configurable: true });
      Promise.prototype.then = new Proxy(Promise.prototype.then, { apply(t, s, a) { return Reflect.apply(t, s, a); } });
      Map.prototype.get = () => { throw 1; };
      ctx.log.info("still", { a: 1 });
      return ctx.hmac("KEY", "x");
    }`,
      { secrets: [secret("KEY", "0123456789")] },
    );
    expect(["completed", "TENON_USER_ERROR"]).toContain(codeOf(ran));
  });

  test("is not run by the code cache of another bundle that is as long", async () => {
    const codes = ["aaa", "bbb", "ccc"].map((word) => `() => { const say = () => "${word}"; return say(); }`);
    for (let round = 0; round < 3; round += 1) {
      const ran = await Promise.all(codes.map(async (code) => run(pool, code, { organizationId: "caches" })));
      expect(ran.map(resultOf)).toEqual(["aaa", "bbb", "ccc"]);
    }
  });

  test("cannot close the function that its bundle is wrapped in", async () => {
    const described = await describeCode(pool, "1}); globalThis.escaped = true; (function(){ 1");
    expect(described).toMatchObject({ status: "rejected", error: { code: "TENON_PARSE_ERROR" } });
  });
});

describe("code that floods or lies", () => {
  test("the log is cut, whatever it says", async () => {
    const ran = await attack(
      "() => { for (let i = 0; i < 1e5; i++) console.log('x'.repeat(1e4)); return 1; }",
      { limits: { cpuSliceMs: 5_000, wallMs: 60_000 } },
    );
    expect(codeOf(ran)).toBe("completed");
    expect(Buffer.byteLength(JSON.stringify(ran.lines))).toBeLessThan(200_000);
  });

  test("calls beyond those in flight wait their turn", async () => {
    const ran = await attack(
      "async (ctx) => (await Promise.all(Array.from({ length: 500 }, () => ctx.fetch('https://a.test/')))).length",
      { limits: { cpuSliceMs: 5_000, wallMs: 20_000 } },
    );
    expect(resultOf(ran)).toBe(500);
  });

  test.each([
    ["null", "() => { throw null; }"],
    ["undefined", "() => { throw undefined; }"],
    ["a symbol", "() => { throw Symbol('s'); }"],
    [
      "a revoked proxy",
      "() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy; }",
    ],
    ["a throwing getter", "() => { throw { get message() { throw 1; }, get stack() { throw 2; } }; }"],
    ["a circle of causes", "() => { const e = new Error('x'); e.cause = e; throw e; }"],
    ["a huge message", "() => { throw new Error('x'.repeat(5e6)); }"],
    ["deep recursion", "() => { const f = () => f(); f(); }"],
  ])("may throw %s", async (_, code) => {
    expect(codeOf(await attack(code))).toBe("TENON_USER_ERROR");
  });

  test("says nothing after its end, and its late rejection is nobody's", async () => {
    const ran = await attack(
      "async () => { setTimeout(() => console.log('late'), 20); Promise.resolve().then(() => { throw new Error('late'); }); return 'done'; }",
    );
    expect(resultOf(ran)).toBe("done");
    expect(ran.lines.map((line) => line.message)).not.toContain("late");
    expect(resultOf(await innocent("attacker"))).toBe("fine");
  });
});

test(
  "a neighbour in the same process completes, at once or when it is run again",
  { timeout: 60_000 },
  async () => {
    const runId = newId();
    const neighbour = (): ReturnType<typeof run> =>
      run(pool, "async () => { await new Promise((r) => setTimeout(r, 1500)); return 'fine'; }", {
        organizationId: "shared",
        runId,
      });
    const [first, culprit] = await Promise.all([
      neighbour(),
      run(pool, "() => [].includes.call({ length: 2 ** 53 - 1 }, 1)", {
        organizationId: "shared",
        limits: { cpuSliceMs: 300 },
      }),
    ]);
    expect(codeOf(culprit)).toBe("TENON_CPU_LIMIT");
    expect(resultOf(first.status === "lost" ? await neighbour() : first)).toBe("fine");
  },
);
