import { DOMException } from "./dom-exception.guest.ts";
import { post } from "./door.guest.ts";
import {
  hasOwn,
  isArray,
  mapDelete,
  mapGet,
  mapSet,
  NativePromise,
  NativeTypeError,
  parse,
  quote,
  text,
} from "./primordials.guest.ts";
import type { KeyFacts } from "./crypto-key.guest.ts";

/** What a job came to; one of these is there. */
export interface CryptoAnswer {
  readonly bytes: string;
  readonly flag: boolean;
  readonly jwk: object;
  readonly key: KeyFacts;
  readonly pair: { readonly publicKey: KeyFacts; readonly privateKey: KeyFacts };
}

interface Job {
  readonly id: number;
  readonly words: string;
  readonly resolve: (answer: CryptoAnswer) => void;
  readonly reject: (reason: unknown) => void;
  next: Job | null;
}

/** The process ends a run that asks for more at once. */
const MAX_AT_ONCE = 4;
/** A little less than the largest text that the process takes: 10 MB in base64, and the rest of a request. */
const MAX_WORDS = 15_000_000;

const asked = new Map<number, Job>();
let first: Job | null = null;
let last: Job | null = null;
let open = 0;
let lastId = 0;

/** Asks this process's WebCrypto; rejects as it does. `request` is made of null-prototype objects. */
export function askCrypto(request: object): Promise<CryptoAnswer> {
  return new NativePromise<CryptoAnswer>((resolve, reject) => {
    lastId += 1;
    const words = `{"id":${text(lastId)},${encode(request).slice(1)}`;
    if (words.length > MAX_WORDS) {
      throw new DOMException("crypto.subtle takes at most 10 MB at once in a workflow.", "OperationError");
    }
    const job: Job = { id: lastId, words, resolve, reject, next: null };
    if (open < MAX_AT_ONCE) {
      send(job);
    } else {
      last = last === null ? (first = job) : (last.next = job);
    }
  });
}

function send(job: Job): void {
  open += 1;
  mapSet(asked, job.id, job);
  post(`k${job.words}`);
}

/** Settles the job that an answer belongs to, and sends the next one. */
export function settleCrypto(reply: string): void {
  const answer = parse(reply) as CryptoAnswer & {
    readonly id: number;
    readonly error?: { readonly name: string; readonly message: string };
  };
  const job = mapGet(asked, answer.id);
  if (job === undefined) {
    return;
  }
  mapDelete(asked, answer.id);
  open -= 1;
  if (first !== null) {
    const next = first;
    first = next.next;
    last = first === null ? null : last;
    send(next);
  }
  if (!hasOwn(answer, "error") || answer.error === undefined) {
    job.resolve(answer);
    return;
  }
  const { name, message } = answer.error;
  job.reject(name === "TypeError" ? new NativeTypeError(message) : new DOMException(message, name));
}

/** JSON text of plain values, whatever guest code did to prototypes: members that are undefined are left out. */
function encode(value: unknown): string {
  if (typeof value === "string") {
    return quote(value);
  }
  if (typeof value !== "object" || value === null) {
    return text(value);
  }
  let words = "";
  if (isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      words += (index === 0 ? "" : ",") + encode(value[index]);
    }
    return `[${words}]`;
  }
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) {
      words += `${words === "" ? "" : ","}${quote(name)}:${encode(member)}`;
    }
  }
  return `{${words}}`;
}
