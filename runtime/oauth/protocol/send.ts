import { ExchangeError } from "#runtime/egress/failure.ts";
import type { Egress, EgressRequest } from "#runtime/egress/fetch.ts";
import { TenonError } from "#runtime/errors.ts";

/** A whole answer of a provider. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly headers: ReadonlyMap<string, string>;
  /** When its last byte arrived, epoch milliseconds. */
  readonly receivedAt: number;
}

/** Why there is no answer. */
export interface NoAnswer {
  readonly problem: string;
  /** Whether the provider may have seen the request, and done what it asked for. */
  readonly mayHaveArrived: boolean;
}

/** From the first byte of the request to the last one of the answer. */
export const DEADLINE_MS = 30_000;
const LONGEST_ANSWER = 1_000_000;

/**
 * Sends one request to a provider and reads its whole answer. It has 30 s in all unless told otherwise, however slowly the bytes drip; a
 * redirect is a failure, because it would carry the app's secret along.
 */
export async function send(
  egress: Egress,
  request: Omit<EgressRequest, "bodyLimit" | "headTimeoutMs">,
  now: () => number,
  deadlineMs: number = DEADLINE_MS,
): Promise<RawAnswer | NoAnswer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new TenonError("TENON_TIMEOUT", "passing", 504, tooSlow(deadlineMs)));
  }, deadlineMs);
  try {
    const signal = AbortSignal.any([request.signal, deadline.signal]);
    const response = await egress.fetch({
      ...request,
      signal,
      bodyLimit: LONGEST_ANSWER,
      headTimeoutMs: deadlineMs,
    });
    const text = await textOf(response.body);
    const headers = new Map(response.headers);
    const contentType = headers.get("content-type") ?? "";
    return { status: response.status, text, contentType, headers, receivedAt: now() };
  } catch (error) {
    return noAnswer(error, request.signal);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(deadlineMs: number): string {
  return `The provider did not finish its answer within ${String(deadlineMs / 1_000)} s.`;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

// The request was not written before these.
const BEFORE_THE_REQUEST =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_(TLS|SSL|OSSL)_.*|.*CERT.*|UNABLE_TO_.*)$/;

function noAnswer(error: unknown, given: AbortSignal): NoAnswer {
  if (error instanceof ExchangeError) {
    return { problem: error.message, mayHaveArrived: !BEFORE_THE_REQUEST.test(error.reason) };
  }
  if (given.aborted) {
    return { problem: "The request to the provider was given up.", mayHaveArrived: true };
  }
  if (error instanceof TenonError) {
    // Refused by ourselves, before a byte left, but for what was too long or too slow.
    const underway = error.code === "TENON_TIMEOUT" || error.code === "TENON_TOO_LARGE";
    return { problem: error.message, mayHaveArrived: underway };
  }
  return { problem: "The request to the provider failed.", mayHaveArrived: true };
}
