/** Token requests that a provider takes in a time. */
export interface Quota {
  readonly requests: number;
  /** Seconds. */
  readonly per: number;
}

/** How calls are spaced: one each `intervalMs`, and up to `burst` of them at once after a rest. */
export interface Pace {
  readonly intervalMs: number;
  readonly burst: number;
}

/** A call may be booked this far ahead; what is later is asked again later. */
export const BOOK_AHEAD_MS = 5_000;
/** After an outage: so many calls per second at first, doubling every so often, for so long. */
const RAMP = { perSecond: 10, doublingMs: 5_000, endsMs: 60_000 } as const;
/** Calls are sent a moment after they are planned, not all the same moment. */
const CAUTION = 1.02;

/**
 * The pace that keeps a quota in every window, wherever it begins: with bursts of b and one call each
 * per / (requests − b + 1), no window of `per` seconds holds more than `requests` calls.
 */
function quotaPace({ requests, per }: Quota): Pace {
  const burst = Math.max(1, Math.floor(requests / 5));
  return { intervalMs: (per * 1_000 * CAUTION) / (requests - burst + 1), burst };
}

/** The pace at this moment: the quota's, and slower while a provider has only just recovered. Null: no limit. */
export function paceAt(quota: Quota | null, recoveredAt: number | null, now: number): Pace | null {
  const steady = quota === null ? null : quotaPace(quota);
  const since = recoveredAt === null ? Infinity : now - recoveredAt;
  if (since >= RAMP.endsMs) {
    return steady;
  }
  const rampMs = 1_000 / (RAMP.perSecond * 2 ** Math.max(0, since / RAMP.doublingMs));
  return steady === null
    ? { intervalMs: rampMs, burst: 1 }
    : { intervalMs: Math.max(steady.intervalMs, rampMs), burst: steady.burst };
}

/** A place in the line of calls, or when to ask for one. */
export type Booking =
  | {
      readonly booked: true;
      readonly startAt: number;
      readonly bookedUntil: number;
      readonly bookableAt: number;
    }
  | { readonly booked: false; readonly askAt: number };

/**
 * Books one call (the generic cell rate algorithm, ITU-T I.371, with a short line of waiting calls).
 * The background leaves half of a burst to runs that wait.
 */
export function book(pace: Pace, bookedUntil: number | null, now: number, background: boolean): Booking {
  const tolerance = (urgency: boolean): number =>
    Math.floor((pace.burst - 1) * (urgency ? 1 : 0.5)) * pace.intervalMs;
  const booked = Math.max(bookedUntil ?? 0, now);
  const startAt = Math.max(now, booked - tolerance(!background));
  if (startAt - now > BOOK_AHEAD_MS) {
    return { booked: false, askAt: startAt - BOOK_AHEAD_MS };
  }
  const next = booked + pace.intervalMs;
  return { booked: true, startAt, bookedUntil: next, bookableAt: next - tolerance(false) - BOOK_AHEAD_MS };
}

/** What is booked when a provider recovers: everything that a burst would allow, so that there is none. */
export function withoutBurst(quota: Quota | null, now: number): number {
  const pace = quota === null ? null : quotaPace(quota);
  return pace === null ? now : now + (pace.burst - 1) * pace.intervalMs;
}
