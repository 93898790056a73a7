import { afterAll, beforeAll, expect, test } from "vitest";
import type { Egress, EgressRequest, EgressResponse } from "#runtime/egress/fetch.ts";
import type { SandboxPool } from "#runtime/host/execution.ts";
import { createSandboxPool } from "#runtime/host/pool.ts";
import { buildSandboxProgram } from "#runtime/host/sandbox-program.ts";
import { createLogger } from "#runtime/log.ts";
import { resultOf, run } from "#test/host/sandbox-pool.ts";

/** The process is under its runs' control, and hears everything that the worker says: also what it should not. */
let pool: SandboxPool;
let answerLate: (value: undefined) => void;

beforeAll(async () => {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  answerLate = resolve;
  const egress: Egress = {
    fetch: async (request: EgressRequest): Promise<EgressResponse> => {
      if (request.url.endsWith("/late")) {
        await late;
      }
      return {
        status: 200,
        statusText: "OK",
        url: request.url,
        redirected: false,
        headers: [],
        body: (async function* () {
          yield Buffer.from("answer");
        })(),
        cancel: () => undefined,
      };
    },
    close: async () => undefined,
  };
  pool = await createSandboxPool({
    config: { sandboxProcesses: 1, sandboxLockdown: "auto", memoryLimitMb: 32 },
    egress,
    log: createLogger("test", "silent"),
    program: await buildSandboxProgram(new URL("taken-over.ts", import.meta.url).pathname),
  });
});
afterAll(async () => {
  await pool.close();
});

const call = (path: string): string =>
  `'c1 fetch ' + JSON.stringify({ token: 1, request: { url: "https://a.test/${path}", method: "GET", redirect: "follow", headers: [], body: null } })`;

test("a reply to a run that has ended or was cancelled is told to nobody", async () => {
  const ended = await run(pool, `async ({ post, done, run }) => { post(${call("late")}); done(run); }`);
  const cancel = new AbortController();
  const cancelled = await run(
    pool,
    `async ({ post, send, heard, run, pause }) => {
      post(${call("late")}, 'l{"level":"info","message":"up","data":null}');
      while (!heard.some((frame) => frame.run === run && frame.type === "deliver")) await pause(5);
      send({ type: "ended", run, end: "stopped", texts: [], detail: "", cpuMs: 0 });
    }`,
    {
      signal: cancel.signal,
      onLog: async () => {
        cancel.abort();
      },
    },
  );
  expect(resultOf(ended)).toBe(1);
  expect(cancelled.status).toBe("cancelled");
  answerLate(undefined);
  const listener = await run(
    pool,
    `async ({ post, done, heard, run, pause }) => {
      post(${call("now")});
      const replies = () => heard.filter((frame) => frame.type === "deliver" && /^[re]/.test(frame.text));
      while (!replies().some((frame) => frame.run === run)) await pause(5);
      done(replies().map((frame) => frame.run));
    }`,
  );
  // All three were in one process: it heard the reply of the last one only.
  expect(resultOf(listener)).toEqual([3]);
});
