/** A token bucket: so much per second, and so much at once. */
export class Bucket {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #at = performance.now();

  constructor(options: { readonly perSecond: number; readonly most: number; readonly first: number }) {
    this.#perMs = options.perSecond / 1_000;
    this.#most = options.most;
    this.#left = options.first;
  }

  /** Takes so many, on credit if need be; the milliseconds until they are paid for. */
  take(count: number): number {
    this.#refill();
    this.#left -= count;
    return this.#left >= 0 ? 0 : Math.ceil(-this.#left / this.#perMs);
  }

  /** Puts some in. */
  add(count: number): void {
    this.#refill();
    this.#left = Math.min(this.#most, this.#left + count);
  }

  #refill(): void {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
