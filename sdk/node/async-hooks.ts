import { refuse } from "./not-available.ts";

const WHY =
  "what follows an await cannot be told from what follows another there. Pass what is needed as an argument.";
let lastId = 0;

/** What runs in it runs at once: there is no context to bring back. */
class AsyncResource {
  readonly type: string;
  readonly #id: number;

  constructor(type: string) {
    this.type = type;
    lastId += 1;
    this.#id = lastId;
  }

  static bind<Fn>(callback: Fn): Fn {
    return callback;
  }

  bind<Fn>(callback: Fn): Fn {
    return callback;
  }

  runInAsyncScope<Result>(
    callback: (...values: unknown[]) => Result,
    self: unknown,
    ...values: unknown[]
  ): Result {
    return Reflect.apply<unknown, unknown[], Result>(callback, self, values);
  }

  emitDestroy(): this {
    return this;
  }

  asyncId(): number {
    return this.#id;
  }

  triggerAsyncId(): number {
    return 0;
  }
}

/** It may be made and asked, and answers that there is nothing; keeping something in it is refused. */
class AsyncLocalStorage {
  readonly run = refuse("AsyncLocalStorage.run", WHY);
  readonly enterWith = refuse("AsyncLocalStorage.enterWith", WHY);

  static bind<Fn>(callback: Fn): Fn {
    return callback;
  }

  static snapshot(): (callback: (...values: unknown[]) => unknown, ...values: unknown[]) => unknown {
    return (callback, ...values) => callback(...values);
  }

  getStore(): undefined {
    return undefined;
  }

  exit<Result>(callback: (...values: unknown[]) => Result, ...values: unknown[]): Result {
    return callback(...values);
  }

  disable(): void {
    // There is nothing in it.
  }
}

/** `node:async_hooks`. */
export const exported = {
  AsyncResource,
  AsyncLocalStorage,
  createHook: refuse("async_hooks.createHook", WHY),
  executionAsyncId: (): number => 0,
  triggerAsyncId: (): number => 0,
  executionAsyncResource: (): object => ({}),
};
