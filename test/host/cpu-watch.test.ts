import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CpuWatch } from "#runtime/host/cpu-watch.ts";
import type { Rank } from "#runtime/host/cpu-watch.ts";
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

test.runIf(process.platform === "linux")(
  "a process that computes without pause steps back behind the others, and only it",
  { timeout: 120_000 },
  async () => {
    const own = os.getPriority();
    const busy = run(pool, "() => { for (;;); }", {
      organizationId: "busy",
      limits: { cpuSliceMs: 60_000, cpuTotalMs: 60_000, wallMs: 60_000 },
    });
    const light = async () => run(pool, "() => 'fine'", { organizationId: "light" });
    await light();
    await expect
      .poll(() => priorities("busy").every((one) => one >= own + 10), { timeout: 60_000 })
      .toBe(true);
    expect(priorities("light")).toSatisfy((all: readonly number[]) => all.every((one) => one === own));
    expect(os.getPriority()).toBe(own);
    expect(resultOf(await light())).toBe("fine");
    await pool.close();
    expect(["lost", "TENON_CPU_LIMIT"]).toContain(codeOf(await busy));
  },
);

describe.runIf(process.platform === "linux")("of a process", () => {
  const LOOK_MS = 250;
  const children: ChildProcess[] = [];

  afterEach(() => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
  });

  /** A process that has started, and does that from then on. */
  async function program(code: string): Promise<number> {
    const child = spawn(process.execPath, ["-e", `console.log("begins");${code}`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(child);
    await once(child.stdout, "data");
    return child.pid ?? 0;
  }

  /** Looks until the process has that rank, or so often. */
  async function ranks(pid: number, until: Rank | null, looks: number): Promise<readonly Rank[]> {
    const watch = new CpuWatch(pid, 1_500);
    const seen: Rank[] = [];
    watch.begin();
    for (let look = 0; look < looks && seen.at(-1) !== until; look++) {
      await delay(LOOK_MS);
      const rank = watch.look();
      if (rank !== null) {
        seen.push(rank);
      }
    }
    return seen;
  }

  /** sched(7): the policy of each of its threads, field 41 of proc(5)'s stat. */
  function policies(pid: number): readonly number[] {
    return readdirSync(`/proc/${String(pid)}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${String(pid)}/task/${thread}/stat`, "utf8");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[38]);
    });
  }

  test("that computes on and on, each thread ends up behind everybody", { timeout: 120_000 }, async () => {
    const pid = await program("for (;;);");
    expect(await ranks(pid, 2, 400)).toEqual([1, 2]);
    expect(policies(pid)).toSatisfy(
      (all: readonly number[]) => all.length > 1 && all.every((one) => one === 5),
    );
  });
});
