const MAX_TIMER_MS = 2_147_483_647;

/** The guest keeps its own list of timers and asks for one waking at a time, of which each runs one timer. */
export class Waking {
  readonly #wake: () => void;
  #forget: (() => void) | null = null;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Whether one was asked for that did not come yet. */
  get expected(): boolean {
    return this.#forget !== null;
  }

  /** Asks for a waking instead of the last one; with what is no time for none. */
  after(delayMs: number): void {
    this.forget();
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      return;
    }
    const wake = (): void => {
      this.#forget = null;
      this.#wake();
    };
    if (delayMs === 0) {
      const soon = setImmediate(wake);
      this.#forget = () => {
        clearImmediate(soon);
      };
    } else {
      const timer = setTimeout(wake, Math.min(delayMs, MAX_TIMER_MS));
      this.#forget = () => {
        clearTimeout(timer);
      };
    }
  }

  /** Takes the last one back. */
  forget(): void {
    this.#forget?.();
    this.#forget = null;
  }
}
