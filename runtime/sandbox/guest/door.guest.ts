import { failure, place, withReason } from "./failure.guest.ts";
import {
  defineProperty,
  mapDelete,
  mapGet,
  mapSet,
  NativeError,
  NativePromise,
  parse,
  text,
} from "./primordials.guest.ts";

/** A host call that waits for its reply. */
interface Waiting {
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
  /** Made where the call was: its stack is the only one that shows the author's line. */
  readonly asked: Error;
  /** What Node's fetch would say if the exchange failed; null where there is none. */
  readonly exchange: string | null;
}

const waiting = new Map<number, Waiting>();
let lastCall = 0;
let postText: (text: string) => void = () => {
  // Set once, by the boot.
};

/** Opens the door to the process; called once, before guest code exists. */
export function openDoor(post: (text: string) => void): void {
  postText = post;
}

/** Says something to the process. The first character is the kind. */
export function post(message: string): void {
  postText(message);
}

/**
 * Asks the worker; resolves with the reply's JSON text. `argument` is JSON text. A failed exchange rejects with
 * the message `exchange`, where it is given, and with what happened as the cause, as fetch does in Node.
 */
export function callHost(name: string, argument: string, exchange: string | null = null): Promise<string> {
  lastCall += 1;
  const id = lastCall;
  const asked = new NativeError();
  return new NativePromise<string>((resolve, reject) => {
    mapSet(waiting, id, { resolve, reject, asked, exchange });
    post(`c${text(id)} ${name} ${argument}`);
  });
}

/** Settles the call that a reply belongs to; a reply to nothing is dropped. */
export function settleCall(id: number, reply: string, failed: boolean): void {
  const entry = mapGet(waiting, id);
  if (entry === undefined) {
    return;
  }
  mapDelete(waiting, id);
  if (!failed) {
    entry.resolve(reply);
    return;
  }
  entry.reject(errorOf(parse(reply) as Failed, entry));
}

interface Failed {
  readonly code: string;
  readonly message: string;
  readonly type: "Error" | "TypeError";
  readonly status?: number;
  /** What the network said: `ECONNREFUSED`. */
  readonly reason?: string;
}

function errorOf({ code, message, type, status, reason }: Failed, { exchange, asked }: Waiting): Error {
  const told = (error: Error): Error =>
    place(reason === undefined ? error : withReason(error, reason), asked);
  if (exchange === null || code !== "TENON_FETCH_FAILED") {
    return told(failure(code, message, type, status));
  }
  // Libraries look for the system's code on the cause, as Node has it; what is stored of it keeps ours besides.
  const cause = define(told(failure(code, message)), "code", reason ?? code);
  return define(told(failure(code, exchange, "TypeError")), "cause", cause);
}

function define<Target extends object>(target: Target, key: string, value: unknown): Target {
  const descriptor = { __proto__: null, value, enumerable: false, configurable: true, writable: true };
  defineProperty(target, key, descriptor as PropertyDescriptor);
  return target;
}
