import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, resultOf, run, startPool } from "./sandbox-pool.ts";

let pool: SandboxPool;
beforeAll(async () => {
  pool = await startPool({ processes: 1 });
});
afterAll(async () => {
  await pool.close();
});

const SHORT = "await new Promise((r) => setTimeout(r, 20));";

test("a promise that is rejected and not awaited leaves a warning with the author's place", async () => {
  const ran = await run(
    pool,
    `async () => {
      (async function sync() { throw new TypeError("no such invoice"); })();
      ${SHORT}
      return "done";
    }`,
  );
  expect(resultOf(ran)).toBe("done");
  expect(ran.lines).toHaveLength(1);
  expect(ran.lines[0]).toMatchObject({
    level: "warn",
    message: expect.stringMatching(
      /^A promise was rejected and nothing handled it: TypeError: no such invoice\n {4}at sync \(workflow\.js:2:\d+\)/,
    ) as unknown,
  });
  expect(ran.lines[0]?.message).not.toMatch(/prelude|isolated-vm|file:/);
});

test("one that is handled soon, or awaited later, leaves none", async () => {
  const ran = await run(
    pool,
    `async () => { const p = Promise.reject(new Error("x")); await null; await p.catch(() => 1); ${SHORT} return 1; }`,
  );
  expect(resultOf(ran)).toBe(1);
  expect(ran.lines).toEqual([]);
});

test.each([
  ["null", "null", /handled it: null$/],
  ["a symbol", "Symbol('s')", /nothing handled it: /],
  ["a text", "'text'", /handled it: text$/],
  ["an object", "{ a: 1 }", /nothing handled it: /],
  ["a long message", "new Error('\\u0001'.repeat(1e6))", /nothing handled it: Error: /],
])("%s is told in short", async (_, value, words) => {
  const ran = await run(pool, `async () => { Promise.reject(${value}); ${SHORT} return 1; }`);
  expect(resultOf(ran)).toBe(1);
  expect(ran.lines.map((line) => line.message)).toEqual([expect.stringMatching(words)]);
  expect(ran.lines[0]?.message.length).toBeLessThan(1_000);
});

test("a flood of them is told ten times, and the last ones of a run that ends are nobody's", async () => {
  const ran = await run(
    pool,
    `async () => { for (let i = 0; i < 50; i++) { Promise.reject(new Error("x" + i)); ${SHORT} } return 1; }`,
  );
  expect(resultOf(ran)).toBe(1);
  expect(ran.lines).toHaveLength(10);
  const last = await run(pool, "async () => { Promise.reject(new Error('late')); return 1; }");
  expect(codeOf(last)).toBe("completed");
});
