import { structuredClone } from "./clone.guest.ts";
import {
  asDictionary,
  defineInterface,
  notConstructible,
  requireArguments,
} from "./define-interface.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import { defineHandler, EventTarget, targets } from "./event-target.guest.ts";
import { MessageEvent } from "./message-event.guest.ts";
import { timers } from "./timers.guest.ts";

const KEY = Symbol("port");
let entangle: (one: MessagePort, other: MessagePort) => void;
let startWithHandler: (port: MessagePort) => void;

interface Message {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

/** MessagePort (HTML, section 9.4): both ends are in this isolate. A port can be sent, but not inside the data. */
export class MessagePort extends EventTarget {
  #other: MessagePort | null = null;
  /** Messages that came before somebody listened. */
  #queue: Message[] = [];
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
    const { ports, transfer } = readTransfer(options);
    if (ports.includes(this)) {
      throw new DOMException("A port cannot be sent through itself.", "DataCloneError");
    }
    const data = structuredClone(message, { transfer });
    const moved = ports.map((port) => port.#move());
    const other = this.#other;
    if (other !== null) {
      other.#arrive({ data, ports: moved });
    }
  }

  /** The port at its receiver: this one has no other end any more. */
  #move(): MessagePort {
    const moved = new MessagePort(KEY);
    moved.#queue = this.#queue.splice(0);
    const other = this.#other;
    if (other !== null) {
      this.#other = null;
      entangle(moved, other);
    }
    return moved;
  }

  start(): void {
    this.#started = true;
    for (const message of this.#queue.splice(0)) {
      this.#deliver(message);
    }
  }

  close(): void {
    const other = this.#other;
    this.#other = null;
    if (other !== null) {
      other.#other = null;
    }
  }

  #arrive(message: Message): void {
    if (this.#started) {
      this.#deliver(message);
    } else {
      this.#queue.push(message);
    }
  }

  #deliver(message: Message): void {
    timers.setImmediate(() => {
      targets.dispatch(this, new MessageEvent("message", message));
    });
  }
}

/** The ports of a transfer list, which go with the message, and the rest of it. */
function readTransfer(options: unknown): {
  readonly ports: readonly MessagePort[];
  readonly transfer: readonly unknown[];
} {
  const given = Array.isArray(options) ? options : asDictionary(options, "The options").transfer;
  const list: readonly unknown[] = given === undefined ? [] : [...(given as Iterable<unknown>)];
  const isPort = (value: unknown): value is MessagePort => value instanceof MessagePort;
  return { ports: list.filter(isPort), transfer: list.filter((value) => !isPort(value)) };
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
