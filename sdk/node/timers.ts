type Callback = (...values: unknown[]) => void;

/** What Node returns where the web returns a number, which it still is where a number is asked for. */
class Timer {
  readonly #set: () => unknown;
  #id: unknown;

  constructor(set: () => unknown) {
    this.#set = set;
    this.#id = set();
  }

  /** A run does not wait for its timers, and so not for this one either. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.close();
    this.#id = this.#set();
    return this;
  }

  close(): this {
    globalThis.clearTimeout(this.#id as number);
    return this;
  }

  [Symbol.toPrimitive](): unknown {
    return this.#id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const clear = (timer: unknown): void => {
  globalThis.clearTimeout(timer instanceof Timer ? Number(timer) : (timer as number));
};

/** `node:timers`. */
export const exported = {
  setTimeout: (callback: Callback, delay?: number, ...values: unknown[]) =>
    new Timer(() => globalThis.setTimeout(callback, delay, ...values)),
  setInterval: (callback: Callback, delay?: number, ...values: unknown[]) =>
    new Timer(() => globalThis.setInterval(callback, delay, ...values)),
  setImmediate: (callback: Callback, ...values: unknown[]) =>
    new Timer(() => globalThis.setImmediate(callback, ...values)),
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
  get promises(): unknown {
    return promises;
  },
};

interface Options {
  readonly signal?: AbortSignal;
}

async function after<Value>(
  milliseconds = 1,
  value?: Value,
  options: Options = {},
): Promise<Value | undefined> {
  const { signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    }, milliseconds);
    function abort(): void {
      clearTimeout(timer);
      reject(
        new DOMException("The operation was aborted", { name: "AbortError", cause: signal?.reason } as never),
      );
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

async function* every<Value>(
  milliseconds = 1,
  value?: Value,
  options: Options = {},
): AsyncGenerator<Value | undefined> {
  for (;;) {
    yield await after(milliseconds, value, options);
  }
}

/** `node:timers/promises`. */
export const promises = {
  setTimeout: after,
  setImmediate: async <Value>(value?: Value, options: Options = {}) => after(0, value, options),
  setInterval: every,
  scheduler: {
    wait: async (milliseconds: number, options: Options = {}) => after(milliseconds, undefined, options),
    yield: async () => after(0),
  },
};
