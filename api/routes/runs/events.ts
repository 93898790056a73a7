import { streamSSE } from "hono/streaming";
import type { SSEStreamingApi } from "hono/streaming";
import { z } from "@hono/zod-openapi";
import { endpoint } from "#api/endpoint.ts";
import type { Call } from "#api/endpoint.ts";
import { stillHolds } from "#api/middleware/authenticate.ts";
import { getRun, readLogs } from "#runtime/runs/read.ts";
import { isFinal } from "#runtime/runs/status.ts";
import { readRun } from "./get.ts";
import { parseLogPosition, runParams, showLogLine, showRun } from "./schema.ts";
import type { LogPosition } from "./schema.ts";
import { endOfCall } from "./wait.ts";

const HEARTBEAT_MS = 15_000;
const LINES_AT_ONCE = 500;
/** Id of the last event: a browser that reconnects with it is told to stop. */
const END = "end";

export const streamRunEvents = endpoint({
  method: "get",
  path: "/runs/{run}/events",
  operationId: "streamRunEvents",
  tag: "Runs",
  summary: "Follow a run",
  description:
    "Server-sent events: `status` {status}, `log` (a LogLine, with `id: <attempt>-<line>`), and `end` (the Run) once it has ended and all its lines were sent. Send the last id as `Last-Event-ID` to resume. A comment every 15 s keeps the connection open.",
  scope: "runs:read",
  action: "run.read",
  params: runParams,
  answers: {
    200: {
      description: "The stream.",
      schema: z.string(),
      contentType: "text/event-stream",
      example:
        'event: status\ndata: {"status":"running"}\n\nevent: log\nid: 1-1\ndata: {"message":"hello"}\n\n',
    },
    204: { description: "Last-Event-ID was that of the end: there is nothing more.", schema: null },
  },
}).handledBy(async (call) => {
  const { id: runId } = await readRun(call, call.params.run);
  const lastEventId = call.context.req.header("last-event-id");
  if (lastEventId === END) {
    return { status: 204, body: null };
  }
  if (call.context.req.method === "HEAD") {
    return { stream: call.context.body(null, 200, { "Content-Type": "text/event-stream" }) };
  }
  // Proxies that buffer would hold the events back.
  call.context.header("X-Accel-Buffering", "no");
  const from = parseLogPosition(lastEventId);
  return { stream: streamSSE(call.context, async (stream) => follow(call, stream, runId, from)) };
});

/** Sends what is there, waits for news, and again, until the run has ended, the caller is gone or the process stops. */
async function follow(
  call: Call,
  stream: SSEStreamingApi,
  runId: string,
  from: LogPosition | null,
): Promise<void> {
  const news = listen(call, stream, runId);
  try {
    let position = from;
    let shown = "";
    while (!news.over()) {
      news.forget();
      if (!(await stillHolds(call.parts.database, call.caller))) {
        // The client comes back with its Last-Event-ID, and is told why it may not.
        return;
      }
      const run = await getRun(call.parts, { organizationId: call.caller.organizationId, runId });
      // With its attempt: one may fail between two looks, and the run waits as it did before.
      const found = `${run.status} ${String(run.attempt)}`;
      const isNews = found !== shown;
      if (isNews && run.status === "running") {
        await stream.writeSSE({ event: "status", data: JSON.stringify({ status: run.status }) });
      }
      // The status was read first: of a run that has ended or waits again, every line is stored by now.
      position = await sendLines(call, stream, runId, position);
      if (isNews && run.status !== "running") {
        await stream.writeSSE({ event: "status", data: JSON.stringify({ status: run.status }) });
      }
      if (isFinal(run.status)) {
        await stream.writeSSE({ event: "end", id: END, data: JSON.stringify(showRun(run)) });
        return;
      }
      shown = found;
      if (!(await news.wait())) {
        await stream.write(": still here\n\n");
      }
    }
  } catch (error) {
    // The stream just ends; the client comes back with its Last-Event-ID.
    call.parts.log.warn({ err: error, requestId: call.request.id, runId }, "an event stream broke");
  } finally {
    news.stop();
  }
}

async function sendLines(
  call: Call,
  stream: SSEStreamingApi,
  runId: string,
  from: LogPosition | null,
): Promise<LogPosition | null> {
  const { organizationId } = call.caller;
  let position = from;
  for (;;) {
    const lines = await readLogs(call.parts.database, {
      organizationId,
      runId,
      after: position,
      limit: LINES_AT_ONCE,
    });
    for (const line of lines) {
      const shown = showLogLine(line);
      await stream.writeSSE({ event: "log", id: shown.id, data: JSON.stringify(shown) });
      position = line;
    }
    if (lines.length < LINES_AT_ONCE || stream.aborted) {
      return position;
    }
  }
}

/** News of a run, so that none between two looks is missed. */
interface News {
  /** The next look begins: what happened before it is seen by it. */
  forget(): void;
  /** True when something happened since, false when a heartbeat is due. */
  wait(): Promise<boolean>;
  over(): boolean;
  stop(): void;
}

function listen(call: Call, stream: SSEStreamingApi, runId: string): News {
  const { signal, release } = endOfCall(call);
  let happened = false;
  let wake = (): void => undefined;
  const note = (): void => {
    happened = true;
    wake();
  };
  const unsubscribe = call.parts.feed.subscribe(runId, note);
  signal.addEventListener("abort", note);
  stream.onAbort(note);
  return {
    forget: () => {
      happened = false;
    },
    wait: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), HEARTBEAT_MS);
        wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
        if (happened) {
          wake();
        }
      }),
    over: () => signal.aborted || stream.aborted,
    stop: () => {
      unsubscribe();
      release();
    },
  };
}
