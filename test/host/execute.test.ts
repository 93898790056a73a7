import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, describeCode, resultOf, run, secret, startPool } from "./sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool({
    respond: (request) =>
      JSON.stringify({
        url: request.url,
        headers: request.headers,
        body: Buffer.isBuffer(request.body) ? request.body.toString() : null,
        echo: "hunter2-hunter2",
      }),
  });
});
afterAll(async () => {
  await pool.close();
});

describe("a run", () => {
  test("gets its facts, input and variables, and its result comes back", async () => {
    const ran = await run(
      pool,
      "async (ctx) => ({ n: ctx.input.n + 1, v: ctx.variables.MODE, e: ctx.environment.slug, c: ctx.customer })",
      {
        input: '{"n":41}',
        variables: { MODE: "fast" },
      },
    );
    expect(resultOf(ran)).toEqual({ n: 42, v: "fast", e: "development", c: null });
  });

  test("undefined is null; toJSON is respected", async () => {
    expect(resultOf(await run(pool, "() => undefined"))).toBeNull();
    expect(
      resultOf(await run(pool, "() => ({ at: new Date(0), u: undefined, n: NaN, a: [undefined] })")),
    ).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      n: null,
      a: [null],
    });
  });

  test.each([
    ["() => { const a = { b: [] }; a.b.push(a); return a; }", "TENON_RESULT_INVALID", /b\[0\]/],
    ["() => ({ deep: { n: 10n } })", "TENON_RESULT_INVALID", /deep\.n.*bigint/],
    ["() => ({ f() {} })", "TENON_RESULT_INVALID", /function/],
    ["() => Symbol('x')", "TENON_RESULT_INVALID", /symbol/],
    ["() => 'x'.repeat(2_000_000)", "TENON_TOO_LARGE", /1000000/],
    ["() => new Array(2 ** 32 - 1)", "TENON_TOO_LARGE", /1000000/],
  ])("a result that is no small JSON is refused: %s", async (code, expected, message) => {
    const ran = await run(pool, code);
    expect(codeOf(ran)).toBe(expected);
    expect(ran.status === "failed" && ran.error.message).toMatch(message);
    expect(ran.status === "failed" && ran.retryable).toBe(false);
  });

  test("an undeclared name is an error that says what to add", async () => {
    const ran = await run(pool, "(ctx) => ctx.secrets.ERP_KEY");
    expect(codeOf(ran)).toBe("TENON_UNDECLARED");
    expect(ran.status === "failed" && ran.error.message).toContain("needs: { secrets: { ERP_KEY: {} } }");
    expect(codeOf(await run(pool, "(ctx) => ctx.variables.DAYS"))).toBe("TENON_UNDECLARED");
  });

  test("shows errors at the author's place, with their causes, and nothing of the product", async () => {
    const ran = await run(
      pool,
      "async (ctx) => { await null;\n  throw new TypeError('outer', { cause: new Error('inner') }); }",
    );
    expect(ran).toMatchObject({
      status: "failed",
      error: {
        code: "TENON_USER_ERROR",
        name: "TypeError",
        message: "outer",
        location: { line: 2 },
        cause: { message: "inner" },
      },
    });
    expect(JSON.stringify(ran)).not.toMatch(/prelude|isolated-vm|node_modules/);
  });

  test("timers, console and the web's globals work", async () => {
    const ran = await run(
      pool,
      `async () => {
        const order = [];
        await new Promise((done) => { setTimeout(() => { order.push(2); done(); }, 30); setTimeout(() => order.push(1), 1); });
        console.log("order", order);
        const url = new URL("../b?x=1&y=%20#h", "https://example.com:443/a/c/d");
        url.searchParams.append("z", "ä &");
        const bytes = new TextEncoder().encode("grüß €😀");
        return { order, href: url.href, text: new TextDecoder().decode(bytes), b: atob(btoa("hi")), id: crypto.randomUUID(),
          clone: structuredClone({ d: new Date(0), m: new Map([[1, 2]]) }).m.get(1), h: [...new Headers({ B: "2", a: "1" })],
          aborted: await new Promise((r) => { const c = new AbortController(); c.signal.addEventListener("abort", () => r(c.signal.reason.name)); c.abort(); }) };
      }`,
    );
    expect(resultOf(ran)).toMatchObject({
      order: [1, 2],
      href: "https://example.com/a/b?x=1&y=+&z=%C3%A4+%26#h",
      text: "grüß €😀",
      b: "hi",
      id: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as unknown,
      clone: 2,
      h: [
        ["a", "1"],
        ["b", "2"],
      ],
      aborted: "AbortError",
    });
    expect(ran.lines.map((line) => line.message)).toEqual(["order [1, 2]"]);
  });
});

describe("secrets", () => {
  const key = secret("API_KEY", "hunter2-hunter2", { reveal: true });

  test("are placeholders inside, and an echoed value comes back as one", async () => {
    const ran = await run(
      pool,
      "async (ctx) => { const r = await ctx.fetch('https://api.test/x', { method: 'POST', headers: { authorization: `Bearer ${ctx.secrets.API_KEY}` }, body: 'hi' }); return { seen: ctx.secrets.API_KEY, ...(await r.json()) }; }",
      { secrets: [{ ...key, hosts: ["api.test"] }] },
    );
    const result = resultOf(ran);
    expect(result).toMatchObject({
      seen: key.placeholder,
      echo: key.placeholder,
      url: "https://api.test/x",
      body: "hi",
    });
    expect(JSON.stringify(ran)).not.toContain(key.value);
  });

  test("are revealed only where allowed, audited, and redacted on their way out", async () => {
    const used: unknown[] = [];
    const onSecretUse = async (use: unknown): Promise<void> => {
      used.push(use);
    };
    const code =
      "async (ctx) => { const s = await ctx.reveal('API_KEY'); ctx.log.info('it is ' + s, { s }); console.log(s.slice(0, 8)); console.log(s.slice(8)); if (ctx.input.fail) throw new Error(s); return [s, btoa(s), s.length]; }";
    const ran = await run(pool, code, { secrets: [key], onSecretUse });
    expect(resultOf(ran)).toMatchObject([
      "[secret:API_KEY]",
      expect.not.stringContaining("aHVudGVy") as unknown,
      15,
    ]);
    expect(used).toEqual([{ name: "API_KEY", kind: "reveal" }]);
    expect(ran.lines.map((line) => line.message).join("")).toContain("[secret:API_KEY]");
    const failed = await run(pool, code, { secrets: [key], input: '{"fail":true}' });
    expect(JSON.stringify([ran, failed])).not.toContain("hunter2-");
    const refused = await run(pool, "(ctx) => ctx.reveal('API_KEY')", {
      secrets: [{ ...key, reveal: false }],
    });
    expect(codeOf(refused)).toBe("TENON_REVEAL_DENIED");
  });

  test("sign without being shown", async () => {
    const ran = await run(
      pool,
      "async (ctx) => [await ctx.hmac('API_KEY', 'data'), await ctx.hmac('API_KEY', 'data', { algorithm: 'sha512', encoding: 'base64url' })]",
      { secrets: [key] },
    );
    expect(resultOf(ran)).toEqual([
      createHmac("sha256", key.value).update("data").digest("hex"),
      createHmac("sha512", key.value).update("data").digest("base64url"),
    ]);
  });
});

describe("describing", () => {
  test("gives the manifest with the input's JSON Schema", async () => {
    const code = `var __tenonWorkflow={default:{[Symbol.for("tenon.workflow")]:1,handler(){},options:{slug:"a",tier:"instant",
      input:{"~standard":{validate:(value)=>({value}),jsonSchema:{input:()=>({type:"object"})}}}}}};`;
    expect(await describeCode(pool, code)).toEqual({
      status: "described",
      manifest: { slug: "a", tier: "instant", input: { type: "object" } },
    });
  });

  test("rejects what is nested too deeply to be parsed", async () => {
    const described = await describeCode(pool, `${"(".repeat(200_000)}1${")".repeat(200_000)}`);
    expect(described).toMatchObject({ status: "rejected", error: { code: "TENON_PARSE_ERROR" } });
  });

  test.each([
    ["var x = ;", "TENON_PARSE_ERROR"],
    ["}); (function () {", "TENON_PARSE_ERROR"],
    ["#!/usr/bin/env node\n", "TENON_PARSE_ERROR"],
    ["throw new Error('at import')", "TENON_IMPORT_FAILED"],
    ["throw null", "TENON_IMPORT_FAILED"],
    ["var __tenonWorkflow = {}", "TENON_NO_EXPORT"],
    ["var __tenonWorkflow = { default: 7 }", "TENON_NO_EXPORT"],
    // Where many compute at once, its wall time may be over first.
    ["for (;;);", expect.stringMatching(/^TENON_(CPU_LIMIT|TIMEOUT)$/) as string],
  ])("rejects %s", async (code, expected) => {
    const described = await describeCode(pool, code);
    expect(described).toMatchObject({ status: "rejected", error: { code: expected } });
  });

  test("says where a bundle stops being JavaScript", async () => {
    expect(await describeCode(pool, "var a = 1;\nvar x = ;")).toMatchObject({
      error: { location: { line: 2, column: 9 } },
    });
  });
});
