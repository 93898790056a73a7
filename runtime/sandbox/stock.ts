import { createIsolate, type FreshIsolate, type Prelude } from "./isolate.ts";

const SPARES = 2;
const REFILL_DELAY_MS = 2;

/** A few isolates made while the process is idle, so that a single run does not wait for one. */
export class IsolateStock {
  readonly #prelude: Prelude;
  readonly #memoryMb: number;
  readonly #spares: FreshIsolate[] = [];
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

  /** A spare, or a new isolate. Never one that served before. */
  async take(memoryMb: number): Promise<FreshIsolate> {
    const spare = memoryMb === this.#memoryMb ? this.#spares.pop() : undefined;
    return spare ?? (await createIsolate(this.#prelude, memoryMb));
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
