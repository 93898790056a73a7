import type { EgressResponse } from "#runtime/egress/fetch.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { Blind } from "../blind.ts";
import { Upload } from "./upload.ts";

/** A piece of a response body; `done` says that nothing follows. */
export interface Piece {
  readonly chunk: string;
  readonly done: boolean;
}

const EMPTY: Piece = { chunk: "", done: false };
/** How long a reply waits for the first bytes of its body, so that a short body needs no second call. */
const FIRST_BYTES_MS = 5;
/** Requests that were given up before their turn; no run has more of them that wait. */
const MAX_CANCELLED = 10_000;
const MAX_PIECE_BYTES = 1024 * 1024;
/** Bodies that a run may leave unread: each keeps a connection, of 256 that an organization has to one origin. */
const MAX_OPEN = 200;

/** A response body under way: redacted, read one piece at a time. */
class ResponseStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  #next: Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> | null = null;

  constructor(response: EgressResponse, blind: Blind, abort: AbortController) {
    this.#reader = toStream(response.body).pipeThrough(blind.stream(response.url)).getReader();
    this.#abort = abort;
  }

  /** What arrives within a moment: often the whole body. */
  async first(): Promise<Piece> {
    return (await this.#within(FIRST_BYTES_MS)) ?? EMPTY;
  }

  /** The next bytes, waited for. */
  async read(): Promise<Piece> {
    return (await this.#within(null)) ?? EMPTY;
  }

  cancel(): void {
    this.#abort.abort();
    this.#reader.cancel().catch(() => undefined);
  }

  /** Bytes that are there by then, joined up to a bound; null when there were none. */
  async #within(firstMs: number | null): Promise<Piece | null> {
    const parts: Uint8Array[] = [];
    let size = 0;
    let waitMs = firstMs;
    while (size < MAX_PIECE_BYTES) {
      this.#next ??= this.#reader.read();
      const result = waitMs === null ? await this.#next : await soon(this.#next, waitMs);
      if (result === null) {
        break;
      }
      this.#next = null;
      if (result.done) {
        return { chunk: Buffer.concat(parts).toString("base64"), done: true };
      }
      parts.push(result.value ?? new Uint8Array(0));
      size += result.value?.length ?? 0;
      waitMs = 0;
    }
    return parts.length === 0 ? null : { chunk: Buffer.concat(parts).toString("base64"), done: false };
  }
}

function toStream(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      if (done === true) {
        controller.close();
      } else {
        controller.enqueue(value);
      }
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}

/** The value when it is there in time; the promise itself goes on. */
async function soon<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  const late = new Promise<null>((resolve) => {
    timer = milliseconds === 0 ? setImmediate(resolve, null) : setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer as NodeJS.Timeout);
  }
}

/** The requests and bodies that one run has under way, by the token that the guest chose. */
export class ResponseStreams {
  readonly #requests = new Map<number, AbortController>();
  readonly #streams = new Map<number, ResponseStream>();
  readonly #uploads = new Map<number, Upload>();
  /** Tokens rise, and requests begin in their order: a greater one waits for its turn. */
  #lastBegun = 0;
  readonly #cancelled = new Set<number>();

  /** Announces a request, to be given up by `cancel`, which may have come already. */
  begin(token: number): AbortController {
    const abort = new AbortController();
    this.#lastBegun = Math.max(this.#lastBegun, token);
    if (this.#cancelled.delete(token)) {
      abort.abort(givenUp());
    }
    this.#requests.set(token, abort);
    return abort;
  }

  /** The body of a request under way, of at most so many bytes, which `write` gives piece by piece. */
  upload(token: number, limit: number): AsyncIterable<Uint8Array> {
    const upload = this.#uploads.get(token) ?? new Upload(limit);
    this.#uploads.set(token, upload);
    return upload;
  }

  /** Gives a piece to a request, which may still wait for its turn; whether it takes more. */
  async write(token: number, bytes: Uint8Array, options: { last: boolean; limit: number }): Promise<boolean> {
    const known = this.#uploads.has(token) || (token > this.#lastBegun && !this.#cancelled.has(token));
    if (known) {
      this.upload(token, options.limit);
    }
    return (await this.#uploads.get(token)?.write(bytes, options.last)) ?? false;
  }

  /** Takes a response's body; the piece that is there already. */
  async open(token: number, response: EgressResponse, blind: Blind): Promise<Piece> {
    if (this.#streams.size >= MAX_OPEN) {
      response.cancel();
      throw new InvalidError(
        `The run has ${String(MAX_OPEN)} responses whose bodies it did not read to the end: read them, or cancel them by response.body.cancel().`,
        { code: "TENON_CALL_LIMIT" },
      );
    }
    const stream = new ResponseStream(response, blind, this.#requests.get(token) ?? new AbortController());
    this.#streams.set(token, stream);
    return this.#kept(token, await stream.first());
  }

  async read(token: number): Promise<Piece> {
    const stream = this.#streams.get(token);
    return stream === undefined ? { chunk: "", done: true } : this.#kept(token, await stream.read());
  }

  /** Gives up a request or the rest of its body. */
  cancel(token: number): void {
    this.#requests.get(token)?.abort(givenUp());
    if (token > this.#lastBegun && this.#cancelled.size < MAX_CANCELLED) {
      this.#cancelled.add(token);
    }
    this.#streams.get(token)?.cancel();
    this.end(token);
  }

  /** Gives up everything: the run is over. */
  cancelAll(): void {
    for (const token of new Set([...this.#requests.keys(), ...this.#uploads.keys()])) {
      this.cancel(token);
    }
  }

  /** Forgets a request that ended. */
  end(token: number): void {
    this.#requests.delete(token);
    this.#streams.delete(token);
    this.#uploads.get(token)?.close();
    this.#uploads.delete(token);
  }

  #kept(token: number, piece: Piece): Piece {
    if (piece.done) {
      this.end(token);
    }
    return piece;
  }
}

function givenUp(): DOMException {
  return new DOMException("The request was given up.", "AbortError");
}
