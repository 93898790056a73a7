import { elapsed } from "./clock.guest.ts";
import { structuredClone } from "./clone.guest.ts";
import {
  asDictionary,
  asDomString,
  checkBrand,
  defineInterface,
  notConstructible,
  requireArguments,
} from "./define-interface.guest.ts";

/** What makes an entry: only product code has it. */
export const KEY = Symbol("entry");

/** What an entry says. */
export interface Facts {
  readonly name: string;
  readonly type: "mark" | "measure";
  readonly start: number;
  readonly duration: number;
  readonly detail: unknown;
}

/** The facts of an entry, for the timeline. */
export let factsOf: (entry: PerformanceEntry) => Facts;

/** PerformanceEntry (Performance Timeline, section 4). */
export class PerformanceEntry {
  readonly #facts: Facts;

  static {
    factsOf = (entry) => entry.#facts;
  }

  constructor(key?: unknown, facts?: unknown) {
    if (key !== KEY) {
      notConstructible();
    }
    this.#facts = facts as Facts;
  }

  get name(): string {
    checkBrand(#facts in this);
    return this.#facts.name;
  }

  get entryType(): string {
    checkBrand(#facts in this);
    return this.#facts.type;
  }

  get startTime(): number {
    checkBrand(#facts in this);
    return this.#facts.start;
  }

  get duration(): number {
    checkBrand(#facts in this);
    return this.#facts.duration;
  }

  toJSON(): Record<string, unknown> {
    checkBrand(#facts in this);
    const { name, type, start, duration } = this.#facts;
    return { name, entryType: type, startTime: start, duration };
  }
}
defineInterface(PerformanceEntry, { name: "PerformanceEntry", length: 0 });

/** PerformanceMark (User Timing, section 4.2). */
export class PerformanceMark extends PerformanceEntry {
  constructor(markName: unknown, markOptions?: unknown) {
    requireArguments(arguments.length, 1, "PerformanceMark");
    const name = asDomString(markName);
    const { detail, startTime } = asDictionary(markOptions, "The options of a mark");
    const start = startTime === undefined ? elapsed() : asTime(startTime, "startTime");
    super(KEY, { name, type: "mark", start, duration: 0, detail: copyOf(detail) } satisfies Facts);
  }

  get detail(): unknown {
    return factsOf(this).detail;
  }
}
defineInterface(PerformanceMark, { name: "PerformanceMark", length: 1 });

/** PerformanceMeasure (User Timing, section 4.3). */
export class PerformanceMeasure extends PerformanceEntry {
  get detail(): unknown {
    return factsOf(this).detail;
  }
}
defineInterface(PerformanceMeasure, { name: "PerformanceMeasure", length: 0 });

/** A time that a caller gave, in milliseconds since the run began. */
export function asTime(value: unknown, name: string): number {
  const time = Number(value);
  if (!Number.isFinite(time)) {
    throw new TypeError(`The time ${name} must be a finite number.`);
  }
  if (time < 0) {
    throw new TypeError(`The time ${name} must not be negative.`);
  }
  return time;
}

/** What an entry keeps as its detail. */
export function copyOf(detail: unknown): unknown {
  return detail === undefined || detail === null ? null : structuredClone(detail);
}
