import { structuredClone } from "./clone.guest.ts";
import { defineInterface, notConstructible, requireArguments } from "./define-interface.guest.ts";
import { defineHandler, EventTarget, targets } from "./event-target.guest.ts";
import { MessageEvent } from "./message-event.guest.ts";
import { timers } from "./timers.guest.ts";

type Clone = (value: unknown, options: unknown) => unknown;

const KEY = Symbol("port");
let entangle: (one: MessagePort, other: MessagePort) => void;
let startWithHandler: (port: MessagePort) => void;

/** MessagePort (HTML, section 9.4): both ends are in this isolate, and a port itself cannot be sent. */
export class MessagePort extends EventTarget {
  #other: MessagePort | null = null;
  /** Messages that came before somebody listened. */
  #queue: unknown[] = [];
  #started = false;

  static {
    entangle = (one, other) => {
      one.#other = other;
      other.#other = one;
    };
    startWithHandler = (port) => {
      port.start();
    };
  }

  constructor(...[key]: readonly symbol[]) {
    if (key !== KEY) {
      notConstructible();
    }
    super();
  }

  postMessage(message: unknown, options?: unknown): void {
    requireArguments(arguments.length, 1, "MessagePort.postMessage");
    const transfer = Array.isArray(options) ? { transfer: options as unknown[] } : options;
    const data = (structuredClone as Clone)(message, transfer);
    const other = this.#other;
    if (other !== null) {
      other.#arrive(data);
    }
  }

  start(): void {
    this.#started = true;
    for (const data of this.#queue.splice(0)) {
      this.#deliver(data);
    }
  }

  close(): void {
    const other = this.#other;
    this.#other = null;
    if (other !== null) {
      other.#other = null;
    }
  }

  #arrive(data: unknown): void {
    if (this.#started) {
      this.#deliver(data);
    } else {
      this.#queue.push(data);
    }
  }

  #deliver(data: unknown): void {
    timers.setImmediate(() => {
      targets.dispatch(this, new MessageEvent("message", { data }));
    });
  }
}

defineHandler(MessagePort.prototype, "message", startWithHandler);
defineHandler(MessagePort.prototype, "messageerror");
defineInterface(MessagePort, { name: "MessagePort", length: 0 });

/** MessageChannel (HTML, section 9.4.2). */
export class MessageChannel {
  readonly #port1 = new MessagePort(KEY);
  readonly #port2 = new MessagePort(KEY);

  constructor() {
    entangle(this.#port1, this.#port2);
  }

  get port1(): MessagePort {
    return this.#port1;
  }

  get port2(): MessagePort {
    return this.#port2;
  }
}

defineInterface(MessageChannel, { name: "MessageChannel" });
