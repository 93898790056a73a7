import { TenonError } from "#runtime/errors.ts";

const WINDOW_MS = 60_000;

/** The state of one key's window after a request was counted. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** Refused because its window is used up; `allowance` goes into the headers of the answer. */
export class RateLimitedError extends TenonError {
  override readonly name = "RateLimitedError";
  readonly allowance: Allowance;
  constructor(allowance: Allowance, who: string) {
    super(
      "TENON_RATE_LIMITED",
      "passing",
      429,
      `${who} may send ${String(allowance.limit)} requests per minute; try again in ${String(allowance.resetSeconds)} s.`,
    );
    this.allowance = allowance;
  }
}

/** Counts a request of a key (or of what else it is known by), or throws. Null: there is no limit. */
export type RateLimiter = (keyId: string) => Allowance | null;

/**
 * A fixed window of a minute for each key, in this process's memory: cheap, and enough against a runaway client.
 *
 * @param who - Whom the refusal names.
 */
export function createRateLimiter(perMinute: number, who = "This API key"): RateLimiter {
  let windowStart = Date.now();
  let used = new Map<string, number>();
  return (keyId) => {
    if (perMinute === 0) {
      return null;
    }
    const now = Date.now();
    if (now - windowStart >= WINDOW_MS) {
      windowStart = now;
      used = new Map();
    }
    const count = (used.get(keyId) ?? 0) + 1;
    used.set(keyId, count);
    const allowance = {
      limit: perMinute,
      remaining: Math.max(0, perMinute - count),
      resetSeconds: Math.max(1, Math.ceil((windowStart + WINDOW_MS - now) / 1_000)),
    };
    if (count > perMinute) {
      throw new RateLimitedError(allowance, who);
    }
    return allowance;
  };
}

/** The headers of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(allowance: Allowance): Record<string, string> {
  return {
    "RateLimit-Policy": `"per-minute";q=${String(allowance.limit)};w=60`,
    RateLimit: `"per-minute";r=${String(allowance.remaining)};t=${String(allowance.resetSeconds)}`,
  };
}
