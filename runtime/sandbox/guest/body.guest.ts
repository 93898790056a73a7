import { toText } from "./primordials.guest.ts";
import { bytesOf, Utf8Decoder, utf8Encode } from "./encoding.guest.ts";
import { URLSearchParams } from "./url-params.guest.ts";

/** Where the bytes of a body come from, piece by piece; null after the last. */
export type Source = () => Promise<Uint8Array<ArrayBuffer> | null>;

/** What a request or response body can be made of. */
export type BodyInput = string | ArrayBuffer | ArrayBufferView | URLSearchParams | null | undefined;

/** The bytes of a body, and the content type that they imply (Fetch, section 5.2). */
export function extractBody(body: BodyInput): { bytes: Uint8Array<ArrayBuffer> | null; type: string | null } {
  if (body === null || body === undefined) {
    return { bytes: null, type: null };
  }
  if (body instanceof URLSearchParams) {
    return { bytes: utf8Encode(body.toString()), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return { bytes: bytesOf(body).slice(), type: null };
  }
  return { bytes: utf8Encode(toText(body)), type: "text/plain;charset=UTF-8" };
}

/** A stream that is read once: getReader, async iteration, cancel. */
export class ReadableStream {
  readonly #source: Source;
  readonly #cancel: () => void;
  #locked = false;
  #done = false;
  disturbed = false;

  constructor(source: Source, cancel: () => void) {
    this.#source = source;
    this.#cancel = cancel;
  }

  get locked(): boolean {
    return this.#locked;
  }

  getReader(): {
    read(): Promise<{ done: boolean; value: Uint8Array | undefined }>;
    releaseLock(): void;
    cancel(): Promise<void>;
  } {
    if (this.#locked) {
      throw new TypeError("This stream is locked to a reader already.");
    }
    this.#locked = true;
    return {
      read: async () => {
        const value = await this.pull();
        return value === null ? { done: true, value: undefined } : { done: false, value };
      },
      releaseLock: () => {
        this.#locked = false;
      },
      cancel: async () => {
        await this.cancel();
      },
    };
  }

  async cancel(): Promise<void> {
    await Promise.resolve();
    if (!this.#done) {
      this.#done = true;
      this.#cancel();
    }
  }

  /** The next bytes, for this file's classes and the reader. */
  async pull(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.disturbed = true;
    const bytes = this.#done ? null : await this.#source();
    this.#done ||= bytes === null;
    return bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.#locked = true;
    try {
      for (let bytes = await this.pull(); bytes !== null; bytes = await this.pull()) {
        yield bytes;
      }
    } finally {
      await this.cancel();
    }
  }
}

/** The body half of Request and Response (Fetch, section 5.3). */
export class Body {
  readonly body: ReadableStream | null;

  constructor(body: ReadableStream | null) {
    this.body = body;
  }

  get bodyUsed(): boolean {
    return this.body?.disturbed ?? false;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#pieces()) {
      pieces.push(piece);
      length += piece.length;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    const decoder = new Utf8Decoder();
    let text = "";
    for await (const piece of this.#pieces()) {
      text += decoder.decode(piece, false);
    }
    text += decoder.decode(new Uint8Array(0), true);
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    if (this.body === null) {
      return;
    }
    if (this.body.disturbed || this.body.locked) {
      throw new TypeError("The body was read already.");
    }
    yield* this.body;
  }
}

/** A stream of bytes that are here already. */
export function streamOf(bytes: Uint8Array<ArrayBuffer> | null): ReadableStream | null {
  if (bytes === null) {
    return null;
  }
  let rest: Uint8Array<ArrayBuffer> | null = bytes;
  const source: Source = async () => {
    await Promise.resolve();
    const piece = rest;
    rest = null;
    return piece;
  };
  return new ReadableStream(source, () => {
    rest = null;
  });
}
