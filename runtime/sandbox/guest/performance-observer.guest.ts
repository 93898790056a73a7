import {
  asDictionary,
  asDomString,
  defineInterface,
  notConstructible,
  requireArguments,
} from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { factsOf, KEY, type PerformanceEntry } from "./performance-entry.guest.ts";
import { timers } from "./timers.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";

/** The entry types that there are, in alphabetical order. */
const TYPES = Object.freeze(["mark", "measure"]);
const timeline: PerformanceEntry[] = [];
const observers = new Set<PerformanceObserver>();
let notifying = false;

/** The entries of one type, one name or all, by their start. */
export function select(
  entries: readonly PerformanceEntry[],
  type: string | null,
  name: string | null,
): PerformanceEntry[] {
  return entries
    .filter((entry) => (type ?? factsOf(entry).type) === factsOf(entry).type)
    .filter((entry) => (name ?? factsOf(entry).name) === factsOf(entry).name)
    .sort((one, other) => factsOf(one).start - factsOf(other).start);
}

/** What was recorded and not cleared. */
export function recorded(): readonly PerformanceEntry[] {
  return timeline;
}

/** Records an entry, and tells who observes its type. */
export function record(entry: PerformanceEntry): void {
  timeline.push(entry);
  for (const observer of observers) {
    offer(observer, entry);
  }
}

/** Forgets the entries of a type, of one name or all. */
export function clear(type: string, name: string | null): void {
  const kept = timeline.filter((entry) => select([entry], type, name).length === 0);
  timeline.splice(0, timeline.length, ...kept);
}

/** PerformanceObserverEntryList (Performance Timeline, section 5.2). */
export class PerformanceObserverEntryList {
  readonly #entries: readonly PerformanceEntry[];

  constructor(key?: unknown, entries?: unknown) {
    if (key !== KEY) {
      notConstructible();
    }
    this.#entries = entries as readonly PerformanceEntry[];
  }

  getEntries(): PerformanceEntry[] {
    return select(this.#entries, null, null);
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 1, "PerformanceObserverEntryList.getEntriesByType");
    return select(this.#entries, asDomString(type), null);
  }

  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    requireArguments(arguments.length, 1, "PerformanceObserverEntryList.getEntriesByName");
    return select(this.#entries, type === undefined ? null : asDomString(type), asDomString(name));
  }
}
defineInterface(PerformanceObserverEntryList, {
  name: "PerformanceObserverEntryList",
  length: 0,
  lengths: { getEntriesByName: 1 },
});

let offer: (observer: PerformanceObserver, entry: PerformanceEntry) => void;
let notify: (observer: PerformanceObserver) => void;

/** PerformanceObserver (Performance Timeline, section 5). */
export class PerformanceObserver {
  readonly #callback: (entries: object, observer: object, options: object) => unknown;
  /** How it observes: types together, or one after the other. */
  #form: "type" | "entryTypes" | null = null;
  #types: readonly string[] = [];
  #waiting: PerformanceEntry[] = [];

  static {
    offer = (observer, entry) => {
      if (observer.#types.includes(factsOf(entry).type)) {
        observer.#waiting.push(entry);
        notifySoon();
      }
    };
    notify = (observer) => {
      const entries = observer.takeRecords();
      if (entries.length > 0) {
        const list = new PerformanceObserverEntryList(KEY, entries);
        Reflect.apply(observer.#callback, observer, [list, observer, { droppedEntriesCount: 0 }]);
      }
    };
  }

  constructor(callback: unknown) {
    if (typeof callback !== "function") {
      throw new TypeError("The callback must be a function.");
    }
    this.#callback = callback as (entries: object, observer: object, options: object) => unknown;
  }

  static get supportedEntryTypes(): readonly string[] {
    return TYPES;
  }

  observe(options?: unknown): void {
    const { entryTypes, type, buffered } = asDictionary(options, "The options of observe");
    if ((entryTypes === undefined) === (type === undefined)) {
      throw new TypeError("Give either entryTypes or type.");
    }
    const form = type === undefined ? "entryTypes" : "type";
    if (this.#form !== null && this.#form !== form) {
      throw new DOMException(
        "An observer cannot change between type and entryTypes.",
        "InvalidModificationError",
      );
    }
    this.#form = form;
    const asked = (form === "type" ? [asDomString(type)] : asNames(entryTypes)).filter((name) =>
      TYPES.includes(name),
    );
    if (asked.length === 0) {
      return;
    }
    this.#types = form === "type" ? [...this.#types, ...asked] : asked;
    observers.add(this);
    if (form === "type" && Boolean(buffered)) {
      this.#waiting.push(...timeline.filter((entry) => asked.includes(factsOf(entry).type)));
      notifySoon();
    }
  }

  disconnect(): void {
    observers.delete(this);
    this.#types = [];
    this.#waiting = [];
    this.#form = null;
  }

  takeRecords(): PerformanceEntry[] {
    return this.#waiting.splice(0);
  }
}
defineInterface(PerformanceObserver, { name: "PerformanceObserver", lengths: { observe: 0 } });

/** Tells observers once what came in the meantime (Performance Timeline, section 5.3). */
function notifySoon(): void {
  if (notifying) {
    return;
  }
  notifying = true;
  timers.setTimeout(() => {
    notifying = false;
    for (const observer of observers) {
      try {
        notify(observer);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }, 0);
}

function asNames(value: unknown): string[] {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    throw new TypeError("The option entryTypes must be a sequence.");
  }
  return [...(value as Iterable<unknown>)].map(asDomString);
}
