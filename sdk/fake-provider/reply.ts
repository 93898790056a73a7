import { setTimeout as wait } from "node:timers/promises";
import { pipeline } from "node:stream/promises";
import type { ServerResponse } from "node:http";
import type { Mishap } from "./behavior.ts";

/** An answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the client did that the definition does not say; null: nothing. */
  readonly complaint: string | null;
  /** Whether the client got what it asked for; an error may come with status 200. */
  readonly isGood: boolean;
}

export function jsonAnswer(status: number, body: unknown, complaint: string | null = null): Answer {
  return {
    isGood: status < 400,
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
    complaint,
  };
}

/** What is sent instead of an answer. Parts that the mishap does not name stay as they were. */
export function spoil(answer: Answer, mishap: Mishap): Answer {
  const html = "<!doctype html><title>Service unavailable</title><h1>We will be back soon</h1>";
  const type = mishap.html === true ? { "content-type": "text/html" } : {};
  const usual = mishap.html === true ? html : mishap.status === undefined ? answer.body : "";
  const isError = mishap.status !== undefined && mishap.body === undefined;
  return {
    ...answer,
    status: mishap.status ?? (mishap.html === true ? 200 : answer.status),
    headers: { ...(isError ? {} : answer.headers), ...type, ...mishap.headers },
    body: mishap.body ?? usual,
  };
}

/** Sends it, as slowly and as brokenly as the mishap wants. */
export async function send(response: ServerResponse, answer: Answer, mishap: Mishap | null): Promise<void> {
  if (mishap?.delayMs !== undefined) {
    await wait(mishap.delayMs, undefined, { ref: false });
  }
  if (mishap?.reset === true) {
    response.destroy();
    return;
  }
  if (response.destroyed) {
    return;
  }
  response.writeHead(answer.status, answer.headers);
  // A client that gave up ends it, which is no failure of the provider.
  await pipeline(pieces(answer.body, mishap), response).catch(() => undefined);
}

async function* pieces(body: string, mishap: Mishap | null): AsyncGenerator<string> {
  if (mishap?.hugeBytes !== undefined) {
    const block = "x".repeat(65_536);
    yield '{"filler":"';
    for (let sent = 0; sent < mishap.hugeBytes; sent += block.length) {
      yield block;
    }
    yield '"}';
  } else if (mishap?.dripMs === undefined) {
    yield body;
  } else {
    for (const character of body) {
      yield character;
      await wait(mishap.dripMs, undefined, { ref: false });
    }
  }
}
