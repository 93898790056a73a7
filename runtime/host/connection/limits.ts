import type { Policy } from "#sdk/connector/schema.ts";

type Pace = Pick<Policy, "rate" | "concurrency">;

/** Starts of requests that are remembered for one connection; a larger rate is kept in proportion. */
const MAX_REMEMBERED = 1_000;
/** From here on connections that nobody uses are forgotten. */
const MANY_GATES = 1_000;
const MAX_TIMER_MS = 2_147_483_647;

interface Waiting {
  readonly signal: AbortSignal;
  readonly start: (leave: () => void) => void;
}

/** Keeps the requests of each connection to its connector's rate and concurrency, across the runs of one worker. */
export class ConnectionLimits {
  readonly #gates = new Map<string, Gate>();

  /** Resolves when a request may start; call what it resolves to when it has been answered. */
  async enter(connectionId: string, pace: Pace, signal: AbortSignal): Promise<() => void> {
    if (pace.rate === undefined && pace.concurrency === undefined) {
      return () => undefined;
    }
    if (this.#gates.size > MANY_GATES) {
      this.#forgetIdle();
    }
    const gate = this.#gates.get(connectionId) ?? new Gate();
    this.#gates.set(connectionId, gate);
    return gate.enter(pace, signal);
  }

  #forgetIdle(): void {
    for (const [id, gate] of this.#gates) {
      if (gate.idle) {
        this.#gates.delete(id);
      }
    }
  }
}

/** The line in front of one connection. */
class Gate {
  readonly #line: Waiting[] = [];
  /** When the latest requests started, oldest first. */
  #starts: number[] = [];
  #running = 0;
  #pace: Pace = {};
  #waking = false;

  get idle(): boolean {
    return this.#running === 0 && this.#line.length === 0 && this.#waitMs() === 0;
  }

  async enter(pace: Pace, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    // A newer version of the connector may say otherwise.
    this.#pace = pace;
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const entry: Waiting = { signal, start: resolve };
    const giveUp = (): void => {
      const at = this.#line.indexOf(entry);
      if (at !== -1) {
        this.#line.splice(at, 1);
      }
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.#line.push(entry);
    this.#serve();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #serve(): void {
    while (this.#line.length > 0 && this.#running < (this.#pace.concurrency ?? Number.POSITIVE_INFINITY)) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.#serveLater(waitMs);
        return;
      }
      this.#begin(this.#line.shift());
    }
  }

  #serveLater(waitMs: number): void {
    if (this.#waking) {
      return;
    }
    this.#waking = true;
    // A worker that stops does not wait for the turn of requests that nobody makes any more.
    setTimeout(
      () => {
        this.#waking = false;
        this.#serve();
      },
      Math.min(Math.ceil(waitMs), MAX_TIMER_MS),
    ).unref();
  }

  #begin(entry: Waiting | undefined): void {
    this.#running += 1;
    if (this.#pace.rate !== undefined) {
      this.#starts.push(performance.now());
    }
    let left = false;
    entry?.start(() => {
      if (!left) {
        left = true;
        this.#running -= 1;
        this.#serve();
      }
    });
  }

  /** Milliseconds until one more request may start: never more than the rate in any window of its length. */
  #waitMs(): number {
    const { rate } = this.#pace;
    if (rate === undefined) {
      return 0;
    }
    const requests = Math.min(rate.requests, MAX_REMEMBERED);
    const windowMs = (rate.per * 1_000 * requests) / rate.requests;
    this.#starts = this.#starts.slice(-requests);
    const oldest = this.#starts.length < requests ? undefined : this.#starts[0];
    return oldest === undefined ? 0 : Math.max(0, oldest + windowMs - performance.now());
  }
}
