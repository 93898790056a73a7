import {
  asDictionary,
  asDomString,
  asUsvString,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";
import { Event } from "./event.guest.ts";

/** MessageEvent (HTML, section 9.1). */
export class MessageEvent extends Event {
  readonly #data: unknown;
  readonly #origin: string;
  readonly #lastEventId: string;
  readonly #source: unknown;
  readonly #ports: readonly unknown[];

  constructor(type: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "MessageEvent");
    super(type, init);
    const { data, origin, lastEventId, source, ports } = asDictionary(init, "The options of an event");
    this.#data = data === undefined ? null : data;
    this.#origin = origin === undefined ? "" : asUsvString(origin);
    this.#lastEventId = lastEventId === undefined ? "" : asDomString(lastEventId);
    this.#source = source ?? null;
    this.#ports = Object.freeze(ports === undefined ? [] : [...(ports as Iterable<unknown>)]);
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get source(): unknown {
    return this.#source;
  }

  get ports(): readonly unknown[] {
    return this.#ports;
  }
}

defineInterface(MessageEvent, { name: "MessageEvent", length: 1 });

/** ErrorEvent (HTML, section 8.1.4.6). */
export class ErrorEvent extends Event {
  readonly #message: string;
  readonly #filename: string;
  readonly #line: number;
  readonly #column: number;
  readonly #error: unknown;

  constructor(type: unknown, init?: unknown) {
    requireArguments(arguments.length, 1, "ErrorEvent");
    super(type, init);
    const { message, filename, lineno, colno, error } = asDictionary(init, "The options of an event");
    this.#message = message === undefined ? "" : asDomString(message);
    this.#filename = filename === undefined ? "" : asUsvString(filename);
    this.#line = Number(lineno ?? 0) >>> 0;
    this.#column = Number(colno ?? 0) >>> 0;
    this.#error = error;
  }

  get message(): string {
    return this.#message;
  }

  get filename(): string {
    return this.#filename;
  }

  get lineno(): number {
    return this.#line;
  }

  get colno(): number {
    return this.#column;
  }

  get error(): unknown {
    return this.#error;
  }
}

defineInterface(ErrorEvent, { name: "ErrorEvent", length: 1 });

/** PromiseRejectionEvent (HTML, section 8.1.4.7). */
export class PromiseRejectionEvent extends Event {
  readonly #promise: unknown;
  readonly #reason: unknown;

  constructor(type: unknown, init: unknown) {
    requireArguments(arguments.length, 2, "PromiseRejectionEvent");
    super(type, init);
    const { promise, reason } = asDictionary(init, "The options of an event");
    if (typeof promise !== "object" || promise === null) {
      throw new TypeError("The option promise must be a promise.");
    }
    this.#promise = promise;
    this.#reason = reason;
  }

  get promise(): unknown {
    return this.#promise;
  }

  get reason(): unknown {
    return this.#reason;
  }
}

defineInterface(PromiseRejectionEvent, { name: "PromiseRejectionEvent", length: 2 });
