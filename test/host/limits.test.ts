import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { newId } from "#runtime/ids.ts";
import { codeOf, resultOf, run, startPool } from "./sandbox-pool.ts";

let pool: SandboxPool;

beforeAll(async () => {
  pool = await startPool();
});
afterAll(async () => {
  await pool.close();
});

test("a run that never settles ends at its time limit, told shortly before", async () => {
  const ran = await run(
    pool,
    "(ctx) => new Promise(() => ctx.signal.addEventListener('abort', () => console.log(ctx.signal.reason.name)))",
    { limits: { wallMs: 1_000 } },
  );
  expect(ran.status).toBe("timeout");
  expect(codeOf(ran)).toBe("TENON_TIMEOUT");
  expect(ran.lines.map((line) => line.message)).toEqual(["TimeoutError"]);
});

test("a cancelled run hears of it first and ends cancelled", async () => {
  const cancel = new AbortController();
  const running = run(
    pool,
    "async (ctx) => { console.log('started'); await new Promise((r) => ctx.signal.addEventListener('abort', r)); return 1; }",
    {
      signal: cancel.signal,
      onLog: async () => {
        cancel.abort();
      },
    },
  );
  expect((await running).status).toBe("cancelled");
  const deaf = new AbortController();
  const stubborn = run(pool, "async () => { console.log('x'); await new Promise(() => {}); }", {
    signal: deaf.signal,
    onLog: async () => {
      deaf.abort();
    },
  });
  expect((await stubborn).status).toBe("cancelled");
});

test("the log is cut with one marker", async () => {
  const ran = await run(
    pool,
    "() => { for (let i = 0; i < 5000; i++) console.log('line ' + i); return 'done'; }",
  );
  expect(resultOf(ran)).toBe("done");
  expect(ran.lines.length).toBe(201);
  expect(ran.lines.at(-1)?.message).toContain("The log is cut here");
});

test("a log that cannot be written loses the attempt", async () => {
  const ran = await run(
    pool,
    "async () => { console.log('x'); await new Promise((r) => setTimeout(r, 3000)); }",
    {
      onLog: async () => {
        throw new Error("the database is away");
      },
    },
  );
  expect(ran.status).toBe("lost");
});

test("a killed process loses its runs, which run again alone and complete", async () => {
  const code =
    "async (ctx) => { console.log('up'); await new Promise((r) => setTimeout(r, ctx.input.ms)); return 'ok'; }";
  const ids = [newId(), newId()];
  let up = 0;
  const first = ids.map((runId) =>
    run(pool, code, {
      runId,
      organizationId: "killed",
      input: '{"ms":20000}',
      onLog: async () => {
        up += 1;
        if (up === 2) {
          process.kill(
            pool.processes().find((entry) => entry.organizationId === "killed")?.pid ?? 0,
            "SIGKILL",
          );
        }
      },
    }),
  );
  expect((await Promise.all(first)).map((ran) => ran.status)).toEqual(["lost", "lost"]);
  const again = ids.map((runId) => run(pool, code, { runId, organizationId: "killed", input: '{"ms":10}' }));
  expect((await Promise.all(again)).map(resultOf)).toEqual(["ok", "ok"]);
});

test("a process serves one organization, and a full pool still serves everybody", async () => {
  const names = ["one", "two", "three", "four"];
  const busy = names.map((organizationId) =>
    run(pool, "async () => { await new Promise((r) => setTimeout(r, 300)); return 'ok'; }", {
      organizationId,
    }),
  );
  expect((await Promise.all(busy)).map(resultOf)).toEqual(["ok", "ok", "ok", "ok"]);
  const seen = pool
    .processes()
    .map((entry) => entry.organizationId)
    .filter((name) => name !== null);
  expect(new Set(seen).size).toBe(seen.length);
});
