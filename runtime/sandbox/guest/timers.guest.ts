import { post } from "./door.guest.ts";
import { dateNow, mapDelete, mapGet, mapSet, NativeTypeError, text } from "./primordials.guest.ts";
import { reportUncaught } from "./uncaught.guest.ts";

interface Timer {
  readonly id: number;
  readonly callback: (...values: readonly unknown[]) => unknown;
  readonly values: readonly unknown[];
  /** Milliseconds between repetitions; null runs once. */
  readonly every: number | null;
  due: number;
  next: Timer | null;
}

const { apply } = Reflect;
const MAX_DELAY = 2_147_483_647;
const byId = new Map<number, Timer>();
let lastId = 0;
/** Timers that may still fire. */
let live = 0;
/** Sorted by due time: the process wakes us for the first only. */
let first: Timer | null = null;
let askedFor = Infinity;

function insert(timer: Timer): void {
  if (first === null || timer.due < first.due) {
    timer.next = first;
    first = timer;
  } else {
    let before = first;
    while (before.next !== null && before.next.due <= timer.due) {
      before = before.next;
    }
    timer.next = before.next;
    before.next = timer;
  }
  askForWaking();
}

function askForWaking(): void {
  if (first !== null && first.due < askedFor) {
    askedFor = first.due;
    const delay = first.due - dateNow();
    post(`t${text(delay > 0 ? delay : 0)}`);
  }
}

function schedule(callback: unknown, delay: unknown, values: readonly unknown[], repeat: boolean): number {
  if (typeof callback !== "function") {
    throw new NativeTypeError("The callback must be a function.");
  }
  const asked = Number(delay);
  const milliseconds = asked > 1 && asked <= MAX_DELAY ? asked : 1;
  lastId += 1;
  const timer: Timer = {
    id: lastId,
    callback: callback as Timer["callback"],
    values,
    every: repeat ? milliseconds : null,
    due: dateNow() + milliseconds,
    next: null,
  };
  mapSet(byId, timer.id, timer);
  live += 1;
  insert(timer);
  return timer.id;
}

/** Runs one timer that is due. The process calls this by the door, once for each: promises settle in between. */
export function wake(): void {
  askedFor = Infinity;
  const timer = takeDue(dateNow());
  if (timer !== null) {
    fire(timer);
  }
  askForWaking();
}

/** The first timer that is due and was not cleared, out of the list, or at its next time. */
function takeDue(now: number): Timer | null {
  while (first !== null && first.due <= now) {
    const timer: Timer = first;
    first = timer.next;
    if (mapGet(byId, timer.id) !== timer) {
      continue;
    }
    if (timer.every === null) {
      mapDelete(byId, timer.id);
      live -= 1;
    } else {
      timer.due = now + timer.every;
      insert(timer);
    }
    return timer;
  }
  return null;
}

function fire(timer: Timer): void {
  try {
    apply(timer.callback, globalThis, timer.values);
  } catch (error) {
    reportUncaught(error);
  }
}

function clear(id: unknown): void {
  if (!mapDelete(byId, Number(id))) {
    return;
  }
  live -= 1;
  if (live === 0) {
    // Nobody is to be woken: a run that ends now leaves no timer behind.
    first = null;
    askedFor = Infinity;
    post("t-1");
  }
}

/** The timers of the global scope (HTML, section 8.6). */
export const timers = {
  setTimeout: (callback: unknown, delay?: unknown, ...values: readonly unknown[]): number =>
    schedule(callback, delay, values, false),
  setInterval: (callback: unknown, delay?: unknown, ...values: readonly unknown[]): number =>
    schedule(callback, delay, values, true),
  setImmediate: (callback: unknown, ...values: readonly unknown[]): number =>
    schedule(callback, 0, values, false),
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
};
