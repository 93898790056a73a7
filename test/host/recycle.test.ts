import { afterEach, expect, test } from "vitest";
import { createSandboxPool } from "#runtime/host/pool.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { createLogger } from "#runtime/log.ts";
import { isRunning } from "#test/support/processes.ts";
import { LIMITS, resultOf, run } from "./sandbox-pool.ts";

let pool: SandboxPool;
afterEach(async () => {
  await pool.close();
});

const ORGANIZATION = "recycled";
const pids = (): readonly number[] =>
  pool
    .processes()
    .filter(({ organizationId }) => organizationId === ORGANIZATION)
    .map(({ pid }) => pid);

async function start(wear: {
  readonly sandboxMaxAgeS?: number;
  readonly sandboxIdleMb?: number;
}): Promise<void> {
  pool = await createSandboxPool({
    config: { sandboxProcesses: 2, sandboxLockdown: "auto", memoryLimitMb: LIMITS.memoryMb, ...wear },
    egress: { fetch: async () => Promise.reject(new Error("no way out")), close: async () => undefined },
    log: createLogger("test", "silent"),
  });
}

test("a process that is old takes no more runs, and ends when its last run has", async () => {
  await start({ sandboxMaxAgeS: 0.3 });
  const long = run(
    pool,
    "async () => { console.log('up'); await new Promise((r) => setTimeout(r, 1500)); return 'ended'; }",
    {
      organizationId: ORGANIZATION,
    },
  );
  await expect.poll(pids).toHaveLength(1);
  const [old = 0] = pids();
  await expect
    .poll(
      async () => {
        await run(pool, "() => 1", { organizationId: ORGANIZATION });
        return pids().some((pid) => pid !== old);
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(resultOf(await long)).toBe("ended");
  await expect.poll(() => isRunning(old), { timeout: 20_000 }).toBe(false);
});

test("a process that holds more than it should when nothing runs in it is replaced", async () => {
  await start({ sandboxIdleMb: 1 });
  expect(resultOf(await run(pool, "() => 1", { organizationId: ORGANIZATION }))).toBe(1);
  await expect.poll(pids).toEqual([]);
  expect(resultOf(await run(pool, "() => 2", { organizationId: ORGANIZATION }))).toBe(2);
});

test("a process that is neither stays", async () => {
  await start({});
  await run(pool, "() => 1", { organizationId: ORGANIZATION });
  const [first] = pids();
  for (let runs = 0; runs < 5; runs += 1) {
    await run(pool, "() => 1", { organizationId: ORGANIZATION });
  }
  expect(pids()).toEqual([first]);
});
