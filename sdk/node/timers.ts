/** `node:timers`. */
export const exported = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
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
