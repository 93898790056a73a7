import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RefreshResult } from "#runtime/oauth/refresh-parts.ts";
import { isRunning, killAll, processTree } from "#test/support/processes.ts";
import { eventually } from "#test/support/product.ts";
import type { FromRefreshProcess, ToRefreshProcess } from "#test/support/refresh-process.ts";
import { bench, endpoint, holdFirstAnswer, start } from "./renewal.ts";

const SCRIPT = path.join(import.meta.dirname, "../../support/refresh-process.ts");

const children: ChildProcess[] = [];

// Runs before the database and the provider are taken away: hooks run last to first.
afterEach(() => {
  // Their couriers too: one whose database is gone would wait for it for a while.
  killAll(
    children
      .splice(0)
      .flatMap(({ pid = 0, exitCode, signalCode }) =>
        exitCode === null && signalCode === null ? processTree(pid) : [],
      ),
  );
});

async function startProcess(): Promise<ChildProcess> {
  const child = fork(SCRIPT, {
    env: {
      PATH: "/usr/bin:/bin",
      DATABASE_URL: bench.db.url,
      TENON_MASTER_KEY: bench.db.masterKey.toString("base64"),
      TENON_EGRESS_ALLOW: "127.0.0.0/8,::1/128",
      TENON_LOG_LEVEL: "silent",
    },
  });
  children.push(child);
  await once(child, "message");
  return child;
}

function tell(child: ChildProcess, message: ToRefreshProcess): void {
  child.send(message);
}

async function refreshIn(child: ChildProcess, connectionId: string): Promise<RefreshResult> {
  const answered = once(child, "message");
  tell(child, {
    type: "refresh",
    request: { organizationId: bench.organizationId, connectionId, reason: "expired", spent: 1 },
  });
  const [message] = (await answered) as [FromRefreshProcess];
  if (message.type !== "result" || message.result.status === "error") {
    throw new Error("the renewal failed");
  }
  return message.result;
}

/** The courier below a process. */
function courierOf(child: ChildProcess): number {
  return processTree(child.pid ?? 0)[1] ?? 0;
}

test("who asked is killed in the middle of the call: the answer is stored all the same, and the courier ends", async () => {
  await start();
  const id = await bench.connect(endpoint.grant(), 60);
  const held = holdFirstAnswer();
  const child = await startProcess();
  void refreshIn(child, id).catch(() => undefined);
  await held.arrived;
  const courier = courierOf(child);
  expect(isRunning(courier)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  held.release();
  await eventually("the answer is stored", async () => (await bench.state(id)).version === 2);
  expect(await bench.state(id)).toMatchObject({ status: "healthy", leaseToken: null });
  expect(endpoint.calls.length).toBe(1);
  await eventually("the courier has ended", async () => !isRunning(courier));
});

test("the courier is killed in the middle of a call that does no harm twice: the next one makes it at once", async () => {
  await start({ refresh: { rotation: "always", grace: 60 } });
  const id = await bench.connect(endpoint.grant(), 60);
  const child = await startProcess();
  const killed = Promise.withResolvers<void>();
  endpoint.before = (call) => {
    if (call > 1) {
      return null;
    }
    process.kill(courierOf(child), "SIGKILL");
    killed.resolve();
    return (_request, response) => {
      response.destroy();
    };
  };
  const result = refreshIn(child, id);
  await killed.promise;
  expect(await result).toEqual({ status: "refreshed", version: 2 });
  expect(endpoint.calls.length).toBe(2);
  const entries = await bench.query(
    (sql) =>
      sql`select state, outcome from refresh_journal where organization_id = ${bench.organizationId} order by id`,
  );
  expect(entries).toEqual([
    { state: "abandoned", outcome: "lost" },
    { state: "applied", outcome: "tokens" },
  ]);
});

test("a stopped process delays nobody: its courier goes on, and the others see the result", async () => {
  await start();
  const id = await bench.connect(endpoint.grant(), -1);
  const held = holdFirstAnswer();
  const [stopped, other] = await Promise.all([startProcess(), startProcess()]);
  void refreshIn(stopped, id).catch(() => undefined);
  await held.arrived;
  stopped.kill("SIGSTOP");
  const result = refreshIn(other, id);
  held.release();
  expect(await result).toEqual({ status: "fresh", version: 2 });
  expect(endpoint.calls.length).toBe(1);
});

test("the ticks of three processes renews what is due, each once", async () => {
  await start({ refresh: { rotation: "always" } });
  const ids = await bench.connectMany(
    Array.from({ length: 200 }, () => endpoint.grant()),
    (index) => (index % 2 === 0 ? 60 : 3_600),
  );
  const processes = await Promise.all(Array.from({ length: 3 }, async () => startProcess()));
  processes.forEach((child) => {
    tell(child, { type: "tick" });
  });
  await eventually("all that was due is renewed", async () => {
    const [row] = await bench.query(
      (sql) => sql<{ count: number }[]>`
        select count(*)::integer as count from credentials
        where organization_id = ${bench.organizationId} and version = 2`,
    );
    return row?.count === ids.length / 2;
  });
  expect(endpoint.calls.length).toBe(ids.length / 2);
  expect(endpoint.revoked.size).toBe(0);
});
