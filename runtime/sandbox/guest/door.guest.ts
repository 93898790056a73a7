import { failure, place } from "./failure.guest.ts";
import { mapDelete, mapGet, mapSet, NativeError, NativePromise, parse, text } from "./primordials.guest.ts";

/** A host call that waits for its reply. */
interface Waiting {
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
  /** Made where the call was: its stack is the only one that shows the author's line. */
  readonly asked: Error;
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

/** Asks the worker; resolves with the reply's JSON text. `argument` is JSON text. */
export function callHost(name: string, argument: string): Promise<string> {
  lastCall += 1;
  const id = lastCall;
  const asked = new NativeError();
  return new NativePromise<string>((resolve, reject) => {
    mapSet(waiting, id, { resolve, reject, asked });
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
  const { code, message, type, status } = parse(reply) as {
    code: string;
    message: string;
    type: "Error" | "TypeError";
    status?: number;
  };
  entry.reject(place(failure(code, message, type, status), entry.asked));
}
