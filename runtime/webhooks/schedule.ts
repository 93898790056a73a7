const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed try the next one comes: a day in all. */
const DELAYS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 6 * HOUR] as const;
/** A part of each delay, so that an endpoint that comes back is not met by everything at once. */
const JITTER = 0.1;

/** When to try again after `attempts` tries, in milliseconds; null: it was the last one. */
export function nextDelay(
  attempts: number,
  askedMs: number | null,
  random: () => number = Math.random,
): number | null {
  const delay = DELAYS[attempts - 1];
  if (delay === undefined) {
    return null;
  }
  // An endpoint may ask for more patience (Retry-After), within what it would get at the most.
  const patient = Math.max(delay, Math.min(askedMs ?? 0, 10 * HOUR));
  return Math.round(patient * (1 + JITTER * random()));
}
