import { readdirSync } from "node:fs";
import os from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { codeOf, resultOf, run, startPool } from "./sandbox-pool.ts";

let pool: SandboxPool;
beforeAll(async () => {
  pool = await startPool();
});
afterAll(async () => {
  await pool.close();
});

/** The priorities of all threads of an organization's process. */
function priorities(organizationId: string): readonly number[] {
  const pid = pool.processes().find((entry) => entry.organizationId === organizationId)?.pid ?? 0;
  return readdirSync(`/proc/${String(pid)}/task`).flatMap((thread) => {
    try {
      return [os.getPriority(Number(thread))];
    } catch {
      // It has ended since.
      return [];
    }
  });
}

const LOOPS = {
  "that only computes": "() => { for (;;); }",
  "of promises, which make garbage": "async () => { for (;;) await null; }",
  "that talks to its process all the while": "() => { for (;;) console.log('x'.repeat(1000)); }",
};

test.runIf(process.platform === "linux").each(Object.entries(LOOPS))(
  "a process with a loop %s steps back behind the others, and only it",
  { timeout: 120_000 },
  async (name, code) => {
    const own = os.getPriority();
    const organizationId = `busy with ${name}`;
    const over = new AbortController();
    const busy = run(pool, code, {
      organizationId,
      signal: over.signal,
      limits: { cpuSliceMs: 60_000, cpuTotalMs: 60_000, wallMs: 60_000 },
    });
    const light = async () => run(pool, "() => 'fine'", { organizationId: "light" });
    await light();
    await expect
      .poll(() => priorities(organizationId).every((one) => one >= own + 10), { timeout: 60_000 })
      .toBe(true);
    expect(priorities("light")).toSatisfy((all: readonly number[]) => all.every((one) => one === own));
    expect(os.getPriority()).toBe(own);
    expect(resultOf(await light())).toBe("fine");
    over.abort();
    expect(codeOf(await busy)).toBe("cancelled");
  },
);
