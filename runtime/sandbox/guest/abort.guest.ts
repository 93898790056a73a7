import { toText } from "./primordials.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";
import { timers } from "./timers.guest.ts";

/** DOMException's names that this world uses, without its legacy codes. */
export class DOMException extends Error {
  constructor(message = "", name = "Error") {
    super(message);
    Object.defineProperty(this, "name", { value: name, configurable: true });
  }
}

interface Listener {
  readonly callback: ((event: Event) => void) | { handleEvent(event: Event): void };
  readonly once: boolean;
}

/** Event (DOM, section 2.2): what listeners of this world look at. */
export class Event {
  readonly type: string;
  readonly cancelable: boolean;
  readonly timeStamp = Date.now();
  target: EventTarget | null = null;
  currentTarget: EventTarget | null = null;
  defaultPrevented = false;
  stopped = false;

  constructor(type: string, init: { cancelable?: boolean } = {}) {
    this.type = toText(type);
    this.cancelable = Boolean(init.cancelable);
  }

  preventDefault(): void {
    this.defaultPrevented ||= this.cancelable;
  }

  stopPropagation(): void {
    // Events of this world do not propagate.
  }

  stopImmediatePropagation(): void {
    this.stopped = true;
  }
}

/** CustomEvent (DOM, section 2.4). */
export class CustomEvent extends Event {
  readonly detail: unknown;

  constructor(type: string, init: { cancelable?: boolean; detail?: unknown } = {}) {
    super(type, init);
    this.detail = init.detail ?? null;
  }
}

/** EventTarget (DOM, section 2.7) without a tree. */
export class EventTarget {
  readonly #listeners = new Map<string, Listener[]>();

  addEventListener(
    type: string,
    callback: Listener["callback"] | null,
    options?: AddOptions | boolean,
  ): void {
    const chosen = typeof options === "object" ? options : {};
    const list = this.#listeners.get(type) ?? [];
    if (
      callback === null ||
      chosen.signal?.aborted === true ||
      list.some((entry) => entry.callback === callback)
    ) {
      return;
    }
    this.#listeners.set(type, [...list, { callback, once: Boolean(chosen.once) }]);
    chosen.signal?.addEventListener("abort", () => {
      this.removeEventListener(type, callback);
    });
  }

  removeEventListener(type: string, callback: Listener["callback"] | null): void {
    const list = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      list.filter((entry) => entry.callback !== callback),
    );
  }

  dispatchEvent(event: Event): boolean {
    event.target = this;
    event.currentTarget = this;
    for (const { callback, once } of this.#listeners.get(event.type) ?? []) {
      if (once) {
        this.removeEventListener(event.type, callback);
      }
      try {
        if (typeof callback === "function") {
          callback.call(this, event);
        } else {
          callback.handleEvent(event);
        }
      } catch (error) {
        reportUncaught(error);
      }
      if (event.stopped) {
        break;
      }
    }
    return !event.defaultPrevented;
  }
}

interface AddOptions {
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

const KEY = Symbol("abort");

/** AbortSignal (DOM, section 3.2). */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  onabort: ((event: Event) => void) | null = null;

  constructor(key?: symbol) {
    if (key !== KEY) {
      throw new TypeError("Illegal constructor");
    }
    super();
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) {
      throw this.#reason;
    }
  }

  /** Aborts; for the controller and for the product only. */
  static signalAbort(key: symbol, signal: AbortSignal, reason: unknown): void {
    if (key !== KEY || signal.#aborted) {
      return;
    }
    signal.#aborted = true;
    signal.#reason =
      reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    const event = new Event("abort");
    try {
      signal.onabort?.(event);
    } catch (error) {
      reportUncaught(error);
    }
    signal.dispatchEvent(event);
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(KEY);
    AbortSignal.signalAbort(KEY, signal, reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignal {
    const signal = new AbortSignal(KEY);
    timers.setTimeout(() => {
      AbortSignal.signalAbort(
        KEY,
        signal,
        new DOMException("The operation was aborted due to timeout", "TimeoutError"),
      );
    }, milliseconds);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const signal = new AbortSignal(KEY);
    for (const source of signals) {
      const follow = (): void => {
        AbortSignal.signalAbort(KEY, signal, source.reason);
      };
      if (source.aborted) {
        follow();
        break;
      }
      source.addEventListener("abort", follow, { once: true });
    }
    return signal;
  }
}

/** AbortController (DOM, section 3.1). */
export class AbortController {
  readonly signal = new AbortSignal(KEY);

  abort(reason?: unknown): void {
    AbortSignal.signalAbort(KEY, this.signal, reason);
  }
}
