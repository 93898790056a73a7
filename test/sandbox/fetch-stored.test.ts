import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { serve } from "#test/egress/server.ts";
import { run, startReachingPool } from "#test/host/sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startReachingPool();
});
afterAll(async () => pool.close());

describe("a failed fetch that ends a run", () => {
  test("has our code and the system's, at the author's line, also inside another error", async () => {
    const refused = {
      code: "TENON_FETCH_FAILED",
      reason: "ECONNREFUSED",
      message: "fetch failed",
      location: { line: 1 },
      cause: {
        code: "TENON_FETCH_FAILED",
        reason: "ECONNREFUSED",
        message: "The request to 127.0.0.1 failed: the connection was refused (ECONNREFUSED).",
        location: { line: 1 },
      },
    };
    const options = { egress: ["http://127.0.0.1:1"] };
    const plain = await run(pool, 'async (ctx) => { await ctx.fetch("http://127.0.0.1:1/"); }', options);
    expect(plain).toMatchObject({ status: "failed", error: refused });
    const wrapped = await run(
      pool,
      `async () => { try { await fetch("http://127.0.0.1:1/"); } catch (cause) { throw new Error("outer", { cause }); } }`,
      options,
    );
    expect(wrapped).toMatchObject({ error: { code: "TENON_USER_ERROR", message: "outer", cause: refused } });
    expect(wrapped).not.toHaveProperty("error.reason");
    expect(JSON.stringify([plain, wrapped])).not.toMatch(/prelude|node:|file:/);
  });

  test("for its certificate says so by the code of Node's TLS", async () => {
    const server = await serve(() => undefined, { tls: true });
    const failed = await run(pool, `async (ctx) => { await ctx.fetch("${server.origin}/"); }`, {
      egress: [server.pattern],
    });
    const reason = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    expect(failed).toMatchObject({ error: { code: "TENON_FETCH_FAILED", reason, cause: { reason } } });
  });

  test("is believed about its code by nobody but who made it", async () => {
    const failed = await run(
      pool,
      `async () => { throw Object.assign(new TypeError("fetch failed"), { code: "TENON_FETCH_FAILED", reason: "ECONNREFUSED" }); }`,
    );
    expect(failed).toMatchObject({ error: { code: "TENON_USER_ERROR" } });
    expect(failed).not.toHaveProperty("error.reason");
  });
});
