import { afterAll, beforeAll, expect, test } from "vitest";
import { createEgress } from "#runtime/egress/fetch.ts";
import { Sealing } from "#runtime/host/connection/sealing.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { serve } from "#test/egress/server.ts";
import { codeOf, resultOf, run, startPool, type Ran } from "./sandbox-pool.ts";

const egress = createEgress({ allow: ["127.0.0.1/32"] });
let pool: SandboxPool;
beforeAll(async () => {
  pool = await startPool({ egress });
});
afterAll(async () => {
  await pool.close();
  await egress.close();
});

/** A handler that has every member of an answer sealed. */
async function seal(answer: Readonly<Record<string, string>>): Promise<Ran> {
  const server = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const wanted = JSON.stringify(Object.fromEntries(Object.keys(answer).map((name) => [name, name])));
  return run(
    pool,
    `async (ctx) => (await (await ctx.fetch("${server.origin}", { seal: ${wanted} })).json())`,
    {
      role: "handler",
      sealing: new Sealing({ hosts: [server.pattern], fields: {}, previous: {} }),
      egress: [server.pattern],
    },
  );
}

test("what is sealed is a placeholder inside", async () => {
  expect(resultOf(await seal({ token: "t".repeat(16_384), other: "value" }))).toEqual({
    token: expect.stringMatching(/^tncred_/) as unknown,
    other: expect.stringMatching(/^tncred_/) as unknown,
  });
});

test("a value whose search would cost the worker too much is not sealed, nor are too many", async () => {
  expect(codeOf(await seal({ token: "t".repeat(500_000) }))).toBe("TENON_TOO_LARGE");
  const many = Object.fromEntries(
    Array.from({ length: 101 }, (_, n) => [`t${String(n)}`, `value-${String(n)}`]),
  );
  expect(codeOf(await seal(many))).toBe("TENON_TOO_LARGE");
});
