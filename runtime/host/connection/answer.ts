import { isUtf8 } from "node:buffer";
import type { EgressResponse } from "#runtime/egress/fetch.ts";
import { headerOf } from "#runtime/egress/headers.ts";
import type { SignalledAnswer } from "#sdk/connector/matches-signal.ts";
import type { Connector, Signal } from "#sdk/connector/schema.ts";

/** A body that says how it went is short; a longer one is not looked into. */
const LOOKED_INTO_BYTES = 1024 * 1024;

/** A response with what its signals look at. The response's body can still be read from its beginning. */
export interface LookedAt {
  readonly response: EgressResponse;
  readonly answer: SignalledAnswer;
}

/** Reads as much of a response as the connector's signals need: its head, and a JSON body where they look into it. */
export async function lookAt(response: EgressResponse, connector: Connector): Promise<LookedAt> {
  const headers = { get: (name: string) => headerOf(response.headers, name.toLowerCase()) };
  const signals: readonly Signal[] = [...connector.expired, ...connector.policy.retry.limited];
  const matter = signals.some(
    ({ path, status }) => path !== undefined && (status === undefined || status.includes(response.status)),
  );
  if (!matter || !/\bjson\b/i.test(headers.get("content-type") ?? "")) {
    return { response, answer: { status: response.status, headers, body: undefined } };
  }
  const { text, whole } = await beginningOf(response);
  return { response: whole, answer: { status: response.status, headers, body: parsed(text) } };
}

/** The beginning of a body as text (null: it goes on), and the response as if nothing had been read of it. */
async function beginningOf(
  response: EgressResponse,
): Promise<{ readonly text: string | null; readonly whole: EgressResponse }> {
  const iterator = response.body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  while (!ended && bytes <= LOOKED_INTO_BYTES) {
    const { done, value } = await iterator.next();
    ended = done === true;
    if (!ended) {
      chunks.push(value as Uint8Array);
      bytes += (value as Uint8Array).byteLength;
    }
  }
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks.splice(0);
    if (!ended) {
      yield* { [Symbol.asyncIterator]: () => iterator };
    }
  };
  const text = ended ? Buffer.concat(chunks).toString("utf8") : null;
  return { text, whole: { ...response, body: body() } };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The whole body as bytes; egress has bounded it. */
export async function wholeBody(response: EgressResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A body's bytes as text: UTF-8, or else Latin-1. With replacement characters in it, the rest of a value that a
 * server repeats would not be recognized.
 */
export function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
