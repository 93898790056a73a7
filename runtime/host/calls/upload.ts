import { TooLargeError } from "#runtime/errors.ts";

/** A piece that waits to be taken. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly last: boolean;
  /** Tells its writer whether to go on. */
  readonly settle: (open: boolean) => void;
}

/**
 * A request body that guest code gives piece by piece. One piece at a time is held: its writer hears that it was
 * taken when the socket asks for the next one, so that a slow server slows the guest and costs no memory.
 */
export class Upload implements AsyncIterable<Uint8Array> {
  readonly #limit: number;
  #size = 0;
  #waiting: Piece | null = null;
  #closed = false;
  #arrival = Promise.withResolvers<undefined>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether more will be taken; false at once when the request is over, or for a piece beside another one. */
  async write(bytes: Uint8Array, last: boolean): Promise<boolean> {
    if (this.#closed || this.#waiting !== null) {
      return false;
    }
    this.#size += bytes.byteLength;
    return await new Promise<boolean>((settle) => {
      this.#waiting = { bytes, last, settle };
      this.#arrival.resolve(undefined);
    });
  }

  /** Nobody takes anything any more. */
  close(): void {
    this.#closed = true;
    this.#arrival.resolve(undefined);
    this.#settle(false);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = await this.#next();
        if (piece.bytes.byteLength > 0) {
          yield piece.bytes;
        }
        if (piece.last) {
          return;
        }
        this.#settle(true);
      }
    } finally {
      this.close();
    }
  }

  async #next(): Promise<Piece> {
    await this.#arrival.promise;
    this.#arrival = Promise.withResolvers();
    if (this.#size > this.#limit) {
      throw new TooLargeError(
        `The request body is longer than ${String(this.#limit)} bytes, the limit of a body.`,
      );
    }
    if (this.#waiting === null) {
      // Not an end: what was sent so far must not look like the whole.
      throw new DOMException("The request was given up.", "AbortError");
    }
    return this.#waiting;
  }

  #settle(open: boolean): void {
    const piece = this.#waiting;
    this.#waiting = null;
    piece?.settle(open);
  }
}
