import os from "node:os";
import { Gate } from "./gate.ts";
import { createIsolate, type FreshIsolate, type Prelude } from "./isolate.ts";
import { discard, WarmIsolates } from "./warm.ts";

const SPARES = 2;
const REFILL_DELAY_MS = 2;
/**
 * Isolates made at a time, one for each processor and at least two. More would be made no faster: all would be ready
 * as late as the last one, and take the processor from the runs that have theirs.
 */
const MADE_AT_ONCE = Math.max(2, os.availableParallelism());

/**
 * A few isolates made while the process is idle, so that a single run does not wait for one; and those that were
 * kept for the next run of a workflow that asks for it.
 */
export class IsolateStock {
  readonly #prelude: Prelude;
  readonly #memoryMb: number;
  readonly #spares: FreshIsolate[] = [];
  readonly #warm = new WarmIsolates();
  readonly #gate = new Gate(MADE_AT_ONCE);
  #refilling = false;

  constructor(prelude: Prelude, memoryMb: number) {
    this.#prelude = prelude;
    this.#memoryMb = memoryMb;
  }

  /** Makes the spares now. */
  async fill(): Promise<void> {
    while (this.#spares.length < SPARES) {
      this.#spares.push(await createIsolate(this.#prelude, this.#memoryMb));
    }
  }

  /** A spare, or a new isolate: never one that served before, but the same key where `warm` is one. */
  async take(memoryMb: number, warm: string | null, hash: string): Promise<FreshIsolate> {
    const kept = warm === null ? null : await this.#warm.take(warm, memoryMb);
    if (kept?.loaded === hash) {
      return kept;
    }
    // The worker's keys are of one bundle each; it would be served the other one.
    if (kept !== null) {
      discard(kept);
    }
    const spare = memoryMb === this.#memoryMb ? this.#spares.pop() : undefined;
    return spare ?? (await this.#gate.pass(async () => createIsolate(this.#prelude, memoryMb)));
  }

  /** Takes an isolate back whose run ended clean, for the next run of that key. */
  keep(warm: string, used: FreshIsolate): void {
    this.#warm.keep(warm, used);
  }

  /** Hears that a run of that key ended whose isolate is not kept. */
  gone(warm: string): void {
    this.#warm.gone(warm);
  }

  /** Makes spares again once nothing else is to do; `busy` counts the runs under way. */
  refillWhenIdle(busy: () => number): void {
    if (this.#refilling) {
      return;
    }
    this.#refilling = true;
    setTimeout(() => {
      this.#refilling = false;
      if (busy() === 0) {
        void this.fill();
      }
    }, REFILL_DELAY_MS);
  }
}
