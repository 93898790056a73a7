import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { newDataDir, removeDataDir, startInstallation } from "#test/support/installation.ts";
import type { Installation } from "#test/support/installation.ts";
import { killAll, processTree } from "#test/support/processes.ts";
import { callApi, eventually } from "#test/support/product.ts";
import { deployWorkflow } from "#test/support/workflow.ts";
import type { RunJson } from "#test/support/workflow.ts";

const RUNS = 30;

let tenon: Installation;
afterEach(async () => {
  await tenon.stop();
  removeDataDir(tenon.dataDir);
});

async function call<T = Record<string, unknown>>(
  method: string,
  route: string,
  body?: unknown,
  headers = {},
) {
  return callApi<T>(`${tenon.url}/api/v1${route}`, method, tenon.apiKey, body, headers);
}

async function deployWaiting(): Promise<void> {
  await deployWorkflow(
    { call },
    "waiting",
    `import { defineWorkflow } from "tenon";
     export default defineWorkflow({ retry: { maxAttempts: 1 } }, async (ctx) => {
       await new Promise((resolve) => setTimeout(resolve, 200));
       return ctx.input;
     });`,
  );
}

/** Starts runs, each with a key of its own, asking again until the answer says that it was accepted. */
async function acceptRuns(prefix: string): Promise<string[]> {
  return Promise.all(
    Array.from({ length: RUNS }, async (_, index) =>
      eventually("the run is accepted", async () => {
        const body = { workflow: "waiting", environment: "development", input: index };
        const answer = await call<RunJson>("POST", "/runs", body, {
          "idempotency-key": `${prefix}-${String(index)}`,
        }).catch(() => null);
        return answer !== null && answer.status < 300 && answer.body.id;
      }),
    ),
  );
}

async function allCompleted(runIds: readonly string[]): Promise<void> {
  for (const id of runIds) {
    const run = await eventually(
      `run ${id} ends`,
      async () => {
        const answer = await call<RunJson>("GET", `/runs/${id}`).catch(() => null);
        return answer?.status === 200 && !["queued", "running"].includes(answer.body.status) && answer.body;
      },
      90_000,
    );
    expect(run.status).toBe("completed");
  }
}

test("a database killed with -9 under load is started again, and no accepted run is lost", async () => {
  tenon = await startInstallation(newDataDir());
  await deployWaiting();
  const before = await acceptRuns("before");
  const pidFile = path.join(tenon.dataDir, "postgres", "postmaster.pid");
  process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
  const after = await acceptRuns("after");
  await allCompleted([...before, ...after]);
  expect(new Set([...before, ...after]).size).toBe(2 * RUNS);
}, 180_000);

test("an api and a worker killed with -9 are started again, and no accepted run is lost", async () => {
  tenon = await startInstallation(newDataDir());
  await deployWaiting();
  const before = await acceptRuns("before");
  killAll(
    processTree(tenon.pid).filter((pid) =>
      /launch\.js\0(api|worker)/.test(readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")),
    ),
  );
  await allCompleted([...before, ...(await acceptRuns("after"))]);
}, 180_000);
