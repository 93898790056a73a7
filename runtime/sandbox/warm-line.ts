import type { FreshIsolate } from "./isolate.ts";

/** Isolates of one key at work, from where on a start rather waits for one of them than for a new one. */
const ENOUGH = 4;
/** How long starts wait while none comes back; then some go ahead, and each time twice as many. */
const PATIENCE_MS = 10;

type Grant = (fresh: FreshIsolate | null) => void;

/**
 * The isolates of one key that are at work, and the starts that wait for one. Runs that end soon hand their isolate
 * on, which costs less than a new one; runs that wait for others do not hold up those behind them.
 */
export class WarmLine {
  readonly #waiting: Grant[] = [];
  #atWork = 0;
  #burst = 1;
  #timer: NodeJS.Timeout | undefined;

  get isEmpty(): boolean {
    return this.#atWork === 0 && this.#waiting.length === 0;
  }

  /** An isolate was taken that waited for work. */
  begin(): void {
    this.#atWork += 1;
  }

  /** The next isolate that comes back; null: a new one is to be made. */
  async wait(): Promise<FreshIsolate | null> {
    if (this.#atWork < ENOUGH) {
      this.begin();
      return null;
    }
    const { promise, resolve } = Promise.withResolvers<FreshIsolate | null>();
    this.#waiting.push(resolve);
    this.#timer ??= setTimeout(this.#lose, PATIENCE_MS);
    return await promise;
  }

  /** An isolate came back, with its next context. False: nobody waits for it. */
  back(fresh: FreshIsolate): boolean {
    this.#burst = 1;
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#atWork -= 1;
    } else {
      next(fresh);
    }
    this.#restart();
    return next !== undefined;
  }

  /** An isolate is gone, after its run or instead of getting another context. */
  gone(): void {
    this.#atWork -= 1;
    if (this.#atWork < ENOUGH) {
      this.#goAhead();
    }
    this.#restart();
  }

  readonly #lose = (): void => {
    for (let count = 0; count < this.#burst; count++) {
      this.#goAhead();
    }
    this.#burst *= 2;
    this.#restart();
  };

  #goAhead(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.begin();
      next(null);
    }
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#waiting.length === 0 ? undefined : setTimeout(this.#lose, PATIENCE_MS);
  }
}
