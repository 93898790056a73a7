import { requireArguments } from "./define-interface.guest.ts";
import type { Event } from "./event.guest.ts";
import { EventTarget, targets } from "./event-target.guest.ts";
import { ErrorEvent } from "./message-event.guest.ts";
import { reportUncaught, setWitness } from "./uncaught.guest.ts";

/** The target that `globalThis` is, of which it has the methods. */
const target = new EventTarget();
const handlers = new Map<string, unknown>();

// Nothing throws unheard: a listener that prevents the default takes the error upon itself (HTML, section 8.1.4.3).
setWitness((error) => {
  const message = error instanceof Error ? error.message : "";
  const event = new ErrorEvent("error", { error, message, cancelable: true });
  targets.dispatch(target, event);
  return event.defaultPrevented;
});

/** `globalThis.addEventListener`: `error` is the one event that there is. */
export function addEventListener(...given: [unknown, unknown, unknown?]): void {
  target.addEventListener(...given);
}

/** `globalThis.removeEventListener`. */
export function removeEventListener(...given: [unknown, unknown, unknown?]): void {
  target.removeEventListener(...given);
}

/** `globalThis.dispatchEvent`. */
export function dispatchEvent(event: unknown): boolean {
  return target.dispatchEvent(event);
}

/** reportError (HTML, section 8.1.4.7): as if the error had been thrown where nobody catches it. */
export function reportError(...given: readonly unknown[]): void {
  requireArguments(given.length, 1, "reportError");
  reportUncaught(given[0]);
}

/** Reads an event handler of `globalThis`, such as `onerror`. */
export function handlerOf(type: string): unknown {
  return handlers.get(type) ?? null;
}

/** Sets an event handler of `globalThis`; what is no function takes it away. */
export function setHandler(type: string, value: unknown): void {
  if (!handlers.has(type)) {
    target.addEventListener(type, (event: Event) => {
      callHandler(type, event);
    });
  }
  handlers.set(type, typeof value === "function" ? value : null);
}

/** `onerror` gets the parts of the event, and prevents its default by `true`; others do by `false`. */
function callHandler(type: string, event: Event): void {
  const handler = handlers.get(type);
  if (typeof handler !== "function") {
    return;
  }
  const isError = event instanceof ErrorEvent;
  const given = isError ? [event.message, event.filename, event.lineno, event.colno, event.error] : [event];
  if (Reflect.apply(handler, globalThis, given) === isError) {
    event.preventDefault();
  }
}
