import {
  asDictionary,
  asDomString,
  checkBrand,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { type Event, type EventState, eventState } from "./event.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";

interface Listener {
  readonly type: string;
  readonly callback: object;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
  /** Undoes what an abort signal knows of it. */
  release: (() => void) | null;
}

/** What `addEventListener` needs of a signal; abort.guest.ts is it, and comes after this file. */
export interface SignalOfListeners {
  isSignal(value: unknown): boolean;
  isAborted(signal: object): boolean;
  /** Calls back when it aborts; gives what undoes that. */
  follow(signal: object, then: () => void): () => void;
}

let signals: SignalOfListeners = {
  isSignal: () => false,
  isAborted: () => false,
  follow: () => () => undefined,
};

/** For abort.guest.ts. */
export function setSignals(known: SignalOfListeners): void {
  signals = known;
}

interface Targets {
  /** The product's own dispatch: the event is trusted. */
  dispatch(target: EventTarget, event: Event): void;
  /** Hears how many listeners of a type there are, whenever that changes. */
  watch(target: EventTarget, watcher: (type: string, count: number) => void): void;
}

/** What the product's files do with a target. */
export let targets: Targets;

/** EventTarget (DOM, section 2.7) without a tree. */
export class EventTarget {
  #listeners: readonly Listener[] = [];
  #watcher: ((type: string, count: number) => void) | null = null;

  static {
    targets = {
      dispatch: (target, event) => {
        const state = eventState(event);
        if (state !== undefined) {
          state.trusted = true;
          target.#dispatch(event, state);
        }
      },
      watch: (target, watcher) => {
        target.#watcher = watcher;
      },
    };
  }

  addEventListener(type: unknown, callback: unknown, options?: unknown): void {
    checkBrand(#listeners in this);
    requireArguments(arguments.length, 2, "EventTarget.addEventListener");
    const name = asDomString(type);
    const given = asCallback(callback);
    const { capture, once, passive, signal } = readOptions(options);
    if (given === null || (signal !== null && signals.isAborted(signal))) {
      return;
    }
    if (this.#find(name, given, capture) !== undefined) {
      return;
    }
    const listener: Listener = {
      type: name,
      callback: given,
      capture,
      once,
      passive,
      removed: false,
      release: null,
    };
    this.#listeners = [...this.#listeners, listener];
    if (signal !== null) {
      listener.release = signals.follow(signal, () => {
        this.#remove(listener);
      });
    }
    this.#changed(name);
  }

  removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
    checkBrand(#listeners in this);
    requireArguments(arguments.length, 2, "EventTarget.removeEventListener");
    const given = asCallback(callback);
    const listener = given === null ? undefined : this.#find(asDomString(type), given, readCapture(options));
    if (listener !== undefined) {
      this.#remove(listener);
    }
  }

  dispatchEvent(event: unknown): boolean {
    checkBrand(#listeners in this);
    requireArguments(arguments.length, 1, "EventTarget.dispatchEvent");
    const state = eventState(event);
    if (state === undefined) {
      throw new TypeError("The argument must be an Event.");
    }
    if (state.dispatching || !state.initialized) {
      throw new DOMException("The event is already being dispatched.", "InvalidStateError");
    }
    state.trusted = false;
    return this.#dispatch(event as Event, state);
  }

  /** Dispatch (DOM, section 2.9): listeners that capture come first, at a target too. */
  #dispatch(event: Event, state: EventState): boolean {
    state.dispatching = true;
    state.target = this;
    state.currentTarget = this;
    state.phase = 2;
    this.#invoke(event, state, true);
    this.#invoke(event, state, false);
    Object.assign(state, {
      phase: 0,
      currentTarget: null,
      dispatching: false,
      stopped: false,
      stoppedAtOnce: false,
    });
    return !state.canceled;
  }

  #invoke(event: Event, state: EventState, capture: boolean): void {
    if (state.stopped) {
      return;
    }
    for (const listener of this.#listeners) {
      if (listener.removed || listener.type !== state.type || listener.capture !== capture) {
        continue;
      }
      if (listener.once) {
        this.#remove(listener);
      }
      state.passive = listener.passive;
      call(listener.callback, this, event);
      state.passive = false;
      if (state.stoppedAtOnce) {
        return;
      }
    }
  }

  #find(type: string, callback: object, capture: boolean): Listener | undefined {
    return this.#listeners.find(
      (listener) => listener.callback === callback && listener.type === type && listener.capture === capture,
    );
  }

  #remove(listener: Listener): void {
    if (listener.removed) {
      return;
    }
    listener.removed = true;
    listener.release?.();
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    this.#changed(listener.type);
  }

  #changed(type: string): void {
    this.#watcher?.(type, this.#listeners.filter((listener) => listener.type === type).length);
  }
}

defineInterface(EventTarget, { name: "EventTarget" });

/** What a listener throws is reported, and the next one is called (Web IDL, section 3.12). */
function call(callback: object, target: EventTarget, event: Event): void {
  try {
    if (typeof callback === "function") {
      Reflect.apply(callback as (event: Event) => unknown, target, [event]);
      return;
    }
    const { handleEvent } = callback as { readonly handleEvent?: unknown };
    if (typeof handleEvent !== "function") {
      throw new TypeError("The listener is no function and has no method handleEvent.");
    }
    Reflect.apply(handleEvent, callback, [event]);
  } catch (error) {
    reportUncaught(error);
  }
}

function asCallback(value: unknown): object | null {
  if (value === null || value === undefined) {
    return null;
  }
  if (typeof value !== "object" && typeof value !== "function") {
    throw new TypeError("The listener must be a function or an object.");
  }
  return value;
}

function readCapture(options: unknown): boolean {
  return isDictionary(options) ? Boolean(asDictionary(options, "The options").capture) : Boolean(options);
}

function isDictionary(options: unknown): boolean {
  return typeof options === "object" || typeof options === "function";
}

interface ListenerOptions {
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  readonly signal: object | null;
}

function readOptions(options: unknown): ListenerOptions {
  const capture = readCapture(options);
  if (!isDictionary(options) || options === null) {
    return { capture, once: false, passive: false, signal: null };
  }
  const { once, passive, signal } = options as Readonly<Record<string, unknown>>;
  if (signal !== undefined && !signals.isSignal(signal)) {
    throw new TypeError("The option signal must be an AbortSignal.");
  }
  return {
    capture,
    once: Boolean(once),
    passive: Boolean(passive),
    signal: (signal as object | undefined) ?? null,
  };
}

interface Handler {
  callback: object;
  readonly listener: (event: Event) => void;
}

/** Gives a class an event handler attribute, such as `onabort` (HTML, section 8.1.8.1). */
export function defineHandler<Target extends EventTarget>(
  prototype: Target,
  type: string,
  onSet: (target: Target) => void = () => undefined,
): void {
  const handlers = new WeakMap<object, Handler>();
  const name = `on${type}`;
  const members = {
    get [name](): object | null {
      return handlers.get(this)?.callback ?? null;
    },
    set [name](value: unknown) {
      const target = this as unknown as Target;
      const known = handlers.get(target);
      const callback =
        typeof value === "function" || (typeof value === "object" && value !== null) ? value : null;
      if (known !== undefined && callback !== null) {
        known.callback = callback;
      } else if (known !== undefined) {
        handlers.delete(target);
        target.removeEventListener(type, known.listener);
      } else if (callback !== null) {
        const handler: Handler = {
          callback,
          listener: (event) => {
            handle(handler.callback, target, event);
          },
        };
        handlers.set(target, handler);
        target.addEventListener(type, handler.listener);
      }
      onSet(target);
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(members));
}

function handle(callback: object, target: EventTarget, event: Event): void {
  if (typeof callback === "function" && Reflect.apply(callback, target, [event]) === false) {
    event.preventDefault();
  }
}
