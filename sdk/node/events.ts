import Base from "node:events";

/** The package `events` is Node's EventEmitter, but for the functions that came after Node 11. */
type Emitter = InstanceType<typeof Base>;
type Target = Emitter | EventTarget;
interface IteratorOptions {
  readonly signal?: AbortSignal;
  readonly close?: readonly string[];
}

const isEmitter = (target: Target): target is Emitter => "on" in target;
const aborted = (signal: AbortSignal | undefined): Error =>
  new DOMException("The operation was aborted", { name: "AbortError", cause: signal?.reason } as never);

/** `events.on`: events as they come, until `break` or the signal. */
function on(emitter: Emitter, name: string, options: IteratorOptions = {}): AsyncIterableIterator<unknown[]> {
  const ready: unknown[][] = [];
  const waiting: {
    resolve: (result: IteratorResult<unknown[]>) => void;
    reject: (reason: unknown) => void;
  }[] = [];
  let failure: { readonly reason: unknown } | null = null;
  let closed = false;
  const onEvent = (...values: unknown[]): void => {
    const reader = waiting.shift();
    if (reader === undefined) {
      ready.push(values);
    } else {
      reader.resolve({ value: values, done: false });
    }
  };
  const close = (): void => {
    closed = true;
    emitter.off(name, onEvent);
    emitter.off("error", fail);
    for (const reader of waiting.splice(0)) {
      reader.resolve({ value: undefined, done: true });
    }
  };
  function fail(reason: unknown): void {
    const reader = waiting.shift();
    if (reader === undefined) {
      failure = { reason };
    } else {
      reader.reject(reason);
    }
    close();
  }
  emitter.on(name, onEvent);
  if (name !== "error") {
    emitter.on("error", fail);
  }
  for (const event of options.close ?? []) {
    emitter.once(event, close);
  }
  options.signal?.addEventListener("abort", () => {
    fail(aborted(options.signal));
  });
  return {
    next: async () => {
      const values = ready.shift();
      if (values !== undefined) {
        return { value: values, done: false };
      }
      if (failure !== null) {
        const { reason } = failure;
        failure = null;
        throw reason;
      }
      if (closed) {
        return { value: undefined, done: true };
      }
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },
    return: async () => {
      close();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** `events.once`, for emitters and event targets. */
async function once(target: Target, name: string, options: IteratorOptions = {}): Promise<unknown[]> {
  const { signal } = options;
  if (signal?.aborted === true) {
    throw aborted(signal);
  }
  return new Promise((resolve, reject) => {
    const done = (...values: unknown[]): void => {
      stop();
      resolve(values);
    };
    const fail = (reason: unknown): void => {
      stop();
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const abort = (): void => {
      fail(aborted(signal));
    };
    const stop = (): void => {
      signal?.removeEventListener("abort", abort);
      if (isEmitter(target)) {
        target.off(name, done);
        target.off("error", fail);
      } else {
        target.removeEventListener(name, done);
      }
    };
    signal?.addEventListener("abort", abort);
    if (!isEmitter(target)) {
      target.addEventListener(name, done);
      return;
    }
    target.on(name, done);
    if (name !== "error") {
      target.on("error", fail);
    }
  });
}

const added = {
  EventEmitter: Base,
  on,
  once,
  errorMonitor: Symbol("events.errorMonitor"),
  captureRejectionSymbol: Symbol.for("nodejs.rejection"),
  captureRejections: false,
  usingDomains: false,
  getEventListeners: (target: Emitter, name: string): unknown[] => target.listeners(name),
  getMaxListeners: (target: Emitter): number => target.getMaxListeners(),
  listenerCount: (target: Emitter, name: string): number => target.listenerCount(name),
  setMaxListeners: (count: number, ...targets: readonly Target[]): void => {
    for (const target of targets) {
      if (isEmitter(target)) {
        target.setMaxListeners(count);
      }
    }
  },
  addAbortListener: (signal: AbortSignal, listener: () => void): Disposable => {
    signal.addEventListener("abort", listener, { once: true });
    return {
      [Symbol.dispose]: () => {
        signal.removeEventListener("abort", listener);
      },
    };
  },
};

/** `node:events`. */
export const exported: unknown = Object.assign(Base, added);
