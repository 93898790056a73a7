import type { Egress, EgressResponse } from "#runtime/egress/fetch.ts";
import { patternFor } from "#runtime/egress/policy.ts";
import { TenonError } from "#runtime/errors.ts";
import { signatureHeaders } from "./secret.ts";
import type { EndpointSecrets } from "./secret.ts";

/** How long an endpoint may take to answer. */
const DEADLINE_MS = 15_000;
const BODY_LIMIT = 1_048_576;
/** Standard Webhooks: the endpoint does not want to hear of us any more. */
export const GONE = 410;

/** One message to one endpoint. */
export interface Message {
  readonly url: string;
  readonly secrets: EndpointSecrets;
  /** The event's id: the same in every try, so that receivers know a repetition. */
  readonly eventId: string;
  readonly type: string;
  readonly data: unknown;
  readonly createdAt: Date;
}

/** What came of one try. The endpoint's own words are not kept: they may repeat what it was sent. */
export interface SendResult {
  readonly ok: boolean;
  readonly status: number | null;
  readonly reason: string | null;
  readonly latencyMs: number;
  /** How long the endpoint asked to wait. */
  readonly retryAfterMs: number | null;
  /** No further try would help: the endpoint is gone (410), or disabled. */
  readonly final: boolean;
}

/** Sends one message, once, towards a public address; a redirect is not followed. Never throws. */
export async function sendMessage(
  parts: { readonly egress: Egress; readonly now: () => Date },
  message: Message,
): Promise<SendResult> {
  const started = performance.now();
  const body = JSON.stringify({
    type: message.type,
    timestamp: message.createdAt.toISOString(),
    data: message.data,
  });
  const signature = { id: message.eventId, at: parts.now(), body };
  try {
    const response = await parts.egress.fetch({
      url: message.url,
      method: "POST",
      headers: [
        ["content-type", "application/json"],
        ["user-agent", "Tenon-Webhooks/1"],
        ...signatureHeaders(message.secrets, signature),
      ],
      body: Buffer.from(body),
      redirect: "manual",
      allow: [patternFor(new URL(message.url))],
      secrets: [],
      signal: AbortSignal.timeout(DEADLINE_MS),
      bodyLimit: BODY_LIMIT,
    });
    response.cancel();
    return judge(response, Math.round(performance.now() - started), parts.now());
  } catch (error) {
    const latencyMs = Math.round(performance.now() - started);
    return { ok: false, status: null, reason: explain(error), latencyMs, retryAfterMs: null, final: false };
  }
}

function judge(response: EgressResponse, latencyMs: number, now: Date): SendResult {
  const { status } = response;
  const ok = status >= 200 && status < 300;
  return {
    ok,
    status,
    reason: ok ? null : refusal(status),
    latencyMs,
    retryAfterMs: retryAfter(response.headers.find(([name]) => name === "retry-after")?.[1], now),
    final: status === GONE,
  };
}

function refusal(status: number): string {
  if (status >= 300 && status < 400) {
    return `The endpoint answered ${String(status)}, a redirect, which is not followed: set its URL to where it leads.`;
  }
  return status === GONE
    ? "The endpoint answered 410: it is gone, and was disabled."
    : `The endpoint answered ${String(status)}; only 200 to 299 says that it has the message.`;
}

/** Only our own words: anything else might quote the URL, which may hold a secret. */
function explain(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `The endpoint did not answer within ${String(DEADLINE_MS / 1_000)} s.`;
  }
  return error instanceof TenonError ? error.message : "The message could not be sent.";
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) {
    return null;
  }
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
