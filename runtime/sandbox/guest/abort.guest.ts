import { checkBrand, defineInterface, notConstructible, requireArguments } from "./define-interface.guest.ts";
import { brands } from "./brands.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { Event } from "./event.guest.ts";
import { defineHandler, EventTarget, setSignals, targets } from "./event-target.guest.ts";
import { timers } from "./timers.guest.ts";

const KEY = Symbol("abort");
/** Dead followers are looked for when so many were added since the last look. */
const SWEEP_EVERY = 64;

/**
 * A signal that another one follows. It is held weakly, so that the composites of a long-lived signal can be
 * collected, and strongly while somebody listens to it (DOM, section 3.2.1).
 */
interface Follower {
  readonly signal: WeakRef<AbortSignal>;
  held: AbortSignal | null;
}

interface Signals {
  abort(signal: AbortSignal, reason: unknown): void;
  create(): AbortSignal;
  follow(signal: AbortSignal, then: () => void): () => void;
  isSignal(value: unknown): value is AbortSignal;
}

/** What the product's files do with signals; `follow` leaves no listener that guest code could see. */
export let signals: Signals;

/** AbortSignal (DOM, section 3.2). */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  #composite = false;
  #listened = false;
  readonly #algorithms = new Set<() => void>();
  /** Of a composite: the signals it follows, none of which is a composite. */
  readonly #sources = new Set<AbortSignal>();
  /** Of a composite: itself in the list of each source. */
  #follower: Follower | null = null;
  #followers: Set<Follower> | null = null;
  #addedSinceSweep = 0;

  static {
    signals = {
      create: () => new AbortSignal(KEY),
      abort: (signal, reason) => {
        signal.#abort(reason);
      },
      follow: (signal, then) => signal.#follow(then),
      isSignal: (value): value is AbortSignal =>
        typeof value === "object" && value !== null && #aborted in value,
    };
    brands.isSignal = (value): value is AbortSignal => signals.isSignal(value);
    setSignals({
      isSignal: (value) => signals.isSignal(value),
      isAborted: (signal) => signals.isSignal(signal) && signal.#aborted,
      follow: (signal, then) => (signals.isSignal(signal) ? signal.#follow(then) : () => undefined),
    });
  }

  constructor(...[key]: readonly symbol[]) {
    if (key !== KEY) {
      notConstructible();
    }
    super();
    targets.watch(this, (type, count) => {
      if (type === "abort") {
        this.#listened = count > 0;
        this.#holdOrRelease();
      }
    });
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(KEY);
    signal.#aborted = true;
    signal.#reason = reason === undefined ? abortError() : reason;
    return signal;
  }

  static timeout(milliseconds: unknown): AbortSignal {
    requireArguments(arguments.length, 1, "AbortSignal.timeout");
    const delay = Math.trunc(Number(milliseconds));
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError("The milliseconds must be a whole number that is not negative.");
    }
    const signal = new AbortSignal(KEY);
    timers.setTimeout(() => {
      signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    }, delay);
    return signal;
  }

  static any(given: Iterable<unknown>): AbortSignal {
    requireArguments(arguments.length, 1, "AbortSignal.any");
    if (typeof given !== "object" || given === null) {
      throw new TypeError("AbortSignal.any takes an iterable of AbortSignals.");
    }
    const sources = [...given].map((source) => {
      if (!signals.isSignal(source)) {
        throw new TypeError("AbortSignal.any takes AbortSignals only.");
      }
      return source;
    });
    return AbortSignal.#compose(sources);
  }

  /** Create a dependent abort signal (DOM, section 3.2.1). */
  static #compose(sources: readonly AbortSignal[]): AbortSignal {
    const signal = new AbortSignal(KEY);
    const aborted = sources.find((source) => source.#aborted);
    if (aborted !== undefined) {
      signal.#aborted = true;
      signal.#reason = aborted.#reason;
      return signal;
    }
    signal.#composite = true;
    signal.#follower = { signal: new WeakRef(signal), held: null };
    for (const source of sources) {
      for (const root of source.#composite ? source.#sources : [source]) {
        signal.#sources.add(root);
        root.#lead(signal.#follower);
      }
    }
    return signal;
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

  #lead(follower: Follower): void {
    this.#followers ??= new Set();
    this.#followers.add(follower);
    this.#addedSinceSweep += 1;
    if (this.#addedSinceSweep >= Math.max(SWEEP_EVERY, this.#followers.size / 2)) {
      this.#addedSinceSweep = 0;
      for (const known of this.#followers) {
        if (known.signal.deref() === undefined) {
          this.#followers.delete(known);
        }
      }
    }
  }

  #follow(then: () => void): () => void {
    if (this.#aborted) {
      return () => undefined;
    }
    // One entry of its own, should the same function follow twice.
    const algorithm = (): void => {
      then();
    };
    this.#algorithms.add(algorithm);
    this.#holdOrRelease();
    return () => {
      this.#algorithms.delete(algorithm);
      this.#holdOrRelease();
    };
  }

  #holdOrRelease(): void {
    if (this.#follower !== null) {
      const wanted = !this.#aborted && (this.#listened || this.#algorithms.size > 0);
      this.#follower.held = wanted ? this : null;
    }
  }

  /** Signal abort (DOM, section 3.2): all are aborted before anybody hears of it. */
  #abort(reason: unknown): void {
    if (this.#aborted) {
      return;
    }
    this.#aborted = true;
    this.#reason = reason === undefined ? abortError() : reason;
    const followers = [...(this.#followers ?? [])].flatMap(({ signal }) => signal.deref() ?? []);
    this.#followers = null;
    const fresh = followers.filter((follower) => !follower.#aborted);
    for (const follower of fresh) {
      follower.#aborted = true;
      follower.#reason = this.#reason;
    }
    for (const signal of [this, ...fresh]) {
      signal.#runSteps();
    }
  }

  #runSteps(): void {
    for (const source of this.#sources) {
      if (this.#follower !== null) {
        source.#followers?.delete(this.#follower);
      }
    }
    this.#sources.clear();
    this.#holdOrRelease();
    const algorithms = [...this.#algorithms];
    this.#algorithms.clear();
    for (const algorithm of algorithms) {
      algorithm();
    }
    targets.dispatch(this, new Event("abort"));
  }
}

function abortError(): DOMException {
  return new DOMException("This operation was aborted", "AbortError");
}

defineHandler(AbortSignal.prototype, "abort");
defineInterface(AbortSignal, { name: "AbortSignal", length: 0 });

/** AbortController (DOM, section 3.1). */
export class AbortController {
  readonly #signal = signals.create();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    checkBrand(#signal in this);
    signals.abort(this.#signal, reason);
  }
}

defineInterface(AbortController, { name: "AbortController" });
