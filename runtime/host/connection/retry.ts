import type { SignalledAnswer } from "#sdk/connector/matches-signal.ts";
import { matchesSignal } from "#sdk/connector/matches-signal.ts";
import type { Policy } from "#sdk/connector/schema.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A longer wait than this is the workflow's to plan: it gets the answer. */
const LONGEST_WAIT_MS = 60_000;

/** Whether an answer says that requests come too often: it was not acted upon, whatever its method. */
export function isLimited({ retry }: Policy, answer: SignalledAnswer): boolean {
  return answer.status === 429 || retry.limited.some((signal) => matchesSignal(signal, answer));
}

/** How long to wait before the request is made again, in milliseconds; null: the answer is final. */
export function retryDelay(
  policy: Policy,
  answer: SignalledAnswer,
  facts: { readonly attempt: number; readonly idempotent: boolean; readonly now: number },
): number | null {
  const { retry } = policy;
  const limited = isLimited(policy, answer);
  if (
    facts.attempt >= retry.attempts ||
    !(limited || (facts.idempotent && retry.statuses.includes(answer.status)))
  ) {
    return null;
  }
  const asked =
    afterMs(answer.headers.get(retry.after), facts.now) ??
    (retry.reset === undefined ? null : resetMs(answer.headers.get(retry.reset), facts.now));
  const waitMs = asked ?? pauseMs(facts.attempt);
  return waitMs > LONGEST_WAIT_MS ? null : waitMs;
}

/** Exponential with full jitter above a half, so that runs that failed together do not come back together. */
export function pauseMs(attempt: number): number {
  const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return whole / 2 + (Math.random() * whole) / 2;
}

/** RFC 9110 §10.2.3: seconds (some send fractions), or a date. */
function afterMs(value: string | null, now: number): number | null {
  if (value === null) {
    return null;
  }
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) {
    return Number(value) * 1_000;
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** A point in time as epoch seconds or milliseconds, or as a date; a small number can only be seconds from now. */
function resetMs(value: string | null, now: number): number | null {
  const given = Number(value ?? "");
  if (value === null || Number.isNaN(given) || given < 1_000_000_000) {
    return afterMs(value, now);
  }
  return Math.max(0, (given < 100_000_000_000 ? given * 1_000 : given) - now);
}
