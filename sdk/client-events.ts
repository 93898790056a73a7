import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import { setTimeout as wait } from "node:timers/promises";
import type { Transport } from "./client-request.ts";
import { TenonConnectionError } from "./errors.ts";
import type { LogLine, Run, RunEvent, RunStatus } from "./resources.ts";

/** Where to begin and when to stop. */
export interface EventOptions {
  /** `<attempt>-<line>` of the last line already seen. Default: from the first line. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

const TRIES = 8;

/**
 * The events of a run until it ends. A broken connection is taken up again after the last line that arrived,
 * so that every line comes exactly once.
 */
export async function* runEvents(
  transport: Transport,
  runId: string,
  options: EventOptions,
): AsyncGenerator<RunEvent> {
  let after = options.after;
  for (let failures = 0; failures < TRIES;) {
    try {
      for await (const message of messages(transport, runId, after, options.signal)) {
        failures = 0;
        after = message.id ?? after;
        const event = eventOf(message);
        if (event !== null) {
          yield event;
        }
        if (event?.type === "end") {
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof TenonConnectionError) || failures === TRIES - 1) {
        throw error;
      }
    }
    failures++;
    await wait(
      Math.min(100 * 2 ** failures, 5_000),
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    );
  }
}

async function* messages(
  transport: Transport,
  runId: string,
  after: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<EventSourceMessage> {
  const response = await transport.open({
    method: "GET",
    path: `/runs/${encodeURIComponent(runId)}/events`,
    headers: { accept: "text/event-stream", ...(after === undefined ? {} : { "last-event-id": after }) },
    signal,
  });
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => arrived.push(message) });
  for await (const text of textOf(response)) {
    parser.feed(text);
    yield* arrived.splice(0);
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) {
    return;
  }
  try {
    for (let chunk = await read(reader, response); chunk !== null; chunk = await read(reader, response)) {
      yield chunk;
    }
  } finally {
    // Whoever stops listening closes the connection.
    await reader.cancel().catch(() => undefined);
  }
}

async function read(reader: ReadableStreamDefaultReader<string>, response: Response): Promise<string | null> {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") {
      throw error;
    }
    throw new TenonConnectionError(new URL(response.url).origin, { cause: error });
  }
}

/** Null for an event of a later version of the server. */
function eventOf(message: EventSourceMessage): RunEvent | null {
  const data: unknown = JSON.parse(message.data);
  if (message.event === "log") {
    return { type: "log", log: data as LogLine };
  }
  if (message.event === "status") {
    return { type: "status", status: (data as { status: RunStatus }).status };
  }
  return message.event === "end" ? { type: "end", run: data as Run } : null;
}
