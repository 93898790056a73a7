/** Lets so many through at once; the others follow in the order of their coming. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Does it when it is its turn. */
  async pass<Value>(act: () => Promise<Value>): Promise<Value> {
    if (this.#free === 0) {
      // Whoever leaves hands the place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#free -= 1;
    }
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#free += 1;
      } else {
        next();
      }
    }
  }
}
