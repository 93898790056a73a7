import { elapsed, timeOrigin } from "./clock.guest.ts";
import {
  asDictionary,
  asDomString,
  checkBrand,
  defineInterface,
  notConstructible,
  requireArguments,
} from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { EventTarget } from "./event-target.guest.ts";
import {
  asTime,
  copyOf,
  factsOf,
  KEY,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
} from "./performance-entry.guest.ts";
import {
  clear,
  PerformanceObserver,
  PerformanceObserverEntryList,
  record,
  recorded,
  select,
} from "./performance-observer.guest.ts";

export {
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
};

/** Performance (High Resolution Time, section 7) with User Timing. */
export class Performance extends EventTarget {
  readonly #clock = elapsed;

  constructor(key?: unknown) {
    if (key !== KEY) {
      notConstructible();
    }
    super();
  }

  get timeOrigin(): number {
    checkBrand(#clock in this);
    return timeOrigin();
  }

  now(): number {
    checkBrand(#clock in this);
    return this.#clock();
  }

  toJSON(): object {
    checkBrand(#clock in this);
    return { timeOrigin: timeOrigin() };
  }

  mark(markName: unknown, markOptions?: unknown): PerformanceMark {
    checkBrand(#clock in this);
    requireArguments(arguments.length, 1, "Performance.mark");
    const mark = new PerformanceMark(markName, markOptions);
    record(mark);
    return mark;
  }

  clearMarks(markName?: unknown): void {
    checkBrand(#clock in this);
    clear("mark", markName === undefined ? null : asDomString(markName));
  }

  measure(measureName: unknown, startOrOptions?: unknown, endMark?: unknown): PerformanceMeasure {
    checkBrand(#clock in this);
    requireArguments(arguments.length, 1, "Performance.measure");
    const name = asDomString(measureName);
    const { start, end, detail } = span(startOrOptions, endMark);
    const facts = { name, type: "measure", start, duration: end - start, detail: copyOf(detail) };
    const measure = new PerformanceMeasure(KEY, facts);
    record(measure);
    return measure;
  }

  clearMeasures(measureName?: unknown): void {
    checkBrand(#clock in this);
    clear("measure", measureName === undefined ? null : asDomString(measureName));
  }

  getEntries(): PerformanceEntry[] {
    checkBrand(#clock in this);
    return select(recorded(), null, null);
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    checkBrand(#clock in this);
    requireArguments(arguments.length, 1, "Performance.getEntriesByType");
    return select(recorded(), asDomString(type), null);
  }

  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    checkBrand(#clock in this);
    requireArguments(arguments.length, 1, "Performance.getEntriesByName");
    return select(recorded(), type === undefined ? null : asDomString(type), asDomString(name));
  }
}
defineInterface(Performance, {
  name: "Performance",
  length: 0,
  lengths: { mark: 1, clearMarks: 0, measure: 1, clearMeasures: 0, getEntriesByName: 1 },
});

/** The `performance` of the run. */
export const performance = new Performance(KEY);

/** From when to when a measure goes (User Timing, section 3.1.3). */
function span(startOrOptions: unknown, endMark: unknown): { start: number; end: number; detail: unknown } {
  const given = typeof startOrOptions === "object";
  const options = given ? asDictionary(startOrOptions, "The options of a measure") : {};
  const { start: from = given ? undefined : startOrOptions, end: to = endMark, duration, detail } = options;
  if (
    Object.values({ from, to: options.end, duration, detail }).some((value) => given && value !== undefined)
  ) {
    refuseContradiction(options, endMark);
  }
  const length = duration === undefined ? null : asTime(duration, "duration");
  if (length !== null && from === undefined) {
    const end = timeOf(to);
    return { start: end - length, end, detail };
  }
  const start = from === undefined ? 0 : timeOf(from);
  const end = length === null ? (to === undefined ? elapsed() : timeOf(to)) : start + length;
  return { start, end, detail };
}

function refuseContradiction(options: Readonly<Record<string, unknown>>, endMark: unknown): void {
  if (endMark !== undefined) {
    throw new TypeError("A measure takes options or an end mark, not both.");
  }
  if (options.start === undefined && options.end === undefined) {
    throw new TypeError("The options of a measure need a start or an end.");
  }
  if (options.start !== undefined && options.end !== undefined && options.duration !== undefined) {
    throw new TypeError("The options of a measure take two of start, end and duration.");
  }
}

/** The time of a mark, or a time itself. */
function timeOf(value: unknown): number {
  if (typeof value === "number") {
    return asTime(value, "of the measure");
  }
  const name = asDomString(value);
  const mark = select(recorded(), "mark", name).at(-1);
  if (mark === undefined) {
    throw new DOMException(`There is no mark '${name}'.`, "SyntaxError");
  }
  return factsOf(mark).start;
}
