import { brands } from "./brands.guest.ts";
import { asUsvString } from "./define-interface.guest.ts";
import { bytesOf, utf8Decode, utf8Encode } from "./bytes.guest.ts";
import { lazy } from "./lazy.guest.ts";
import type { ReadableStream } from "./streams.guest.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** Where the bytes of a body come from while they come. */
export interface Source {
  /** The next bytes; null after the last. */
  pull(): Promise<Bytes | null>;
  cancel(): void;
  /** Calls back when the body breaks off while nobody reads it. */
  whenBroken(then: (reason: unknown) => void): void;
}

/**
 * A body (Fetch, section 2.2.4). Its public stream is made when it is asked for: a body that is read as a whole
 * needs none, and so costs no evaluation of streams.
 */
export class BodyContent {
  #bytes: Bytes | null;
  #source: Source | null;
  #stream: ReadableStream<unknown> | null;
  /** Read, or handed on, without its public stream. */
  #used = false;

  private constructor(bytes: Bytes | null, source: Source | null, stream: ReadableStream<unknown> | null) {
    this.#bytes = bytes;
    this.#source = source;
    this.#stream = stream;
  }

  static ofBytes(bytes: Bytes): BodyContent {
    return new BodyContent(bytes, null, null);
  }

  static ofSource(source: Source): BodyContent {
    return new BodyContent(null, source, null);
  }

  static ofStream(stream: ReadableStream<unknown>): BodyContent {
    return new BodyContent(null, null, stream);
  }

  /** The bytes, where they are known and nobody began to read them. */
  get known(): Bytes | null {
    return this.#used || this.disturbed ? null : this.#bytes;
  }

  get disturbed(): boolean {
    return this.#used || (this.#stream !== null && lazy.streams().isDisturbed(this.#stream));
  }

  get unusable(): boolean {
    return this.disturbed || this.#stream?.locked === true;
  }

  /** The public stream. */
  get stream(): ReadableStream<unknown> {
    this.#stream ??= this.#used ? usedStream() : streamOf(this.#takeSource());
    return this.#stream;
  }

  /** Reads to the end, at once or piece by piece. */
  async bytes(): Promise<Bytes> {
    this.requireUsable();
    if (this.#stream !== null) {
      return joined(await piecesOf(this.#stream));
    }
    this.#used = true;
    if (this.#bytes !== null) {
      return this.#bytes;
    }
    const pieces: Bytes[] = [];
    for (let piece = await this.#source?.pull(); piece; piece = await this.#source?.pull()) {
      pieces.push(piece);
    }
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : joined(pieces);
  }

  /** Another body of the same bytes (Fetch, section 2.2.4: clone a body). */
  clone(): BodyContent {
    if (this.#bytes !== null && !this.disturbed) {
      return BodyContent.ofBytes(this.#bytes);
    }
    const [mine, other] = this.stream.tee();
    this.#stream = mine;
    return BodyContent.ofStream(other);
  }

  /** Hands the body on to another owner; for this one it is used. */
  move(): BodyContent {
    this.requireUsable();
    const moved =
      this.#stream === null || this.#bytes !== null
        ? new BodyContent(this.#bytes, this.#source, null)
        : BodyContent.ofStream(this.#stream.pipeThrough(new (lazy.streams().TransformStream)()));
    if (this.#bytes !== null && this.#stream !== null) {
      // Nobody reads it any more, but who holds it must see that it is gone.
      this.#stream.getReader();
    }
    this.#used = true;
    return moved;
  }

  requireUsable(): void {
    if (this.unusable) {
      throw new TypeError("The body cannot be read: it was read already, or its stream is locked.");
    }
  }

  #takeSource(): Source {
    if (this.#source !== null) {
      return this.#source;
    }
    let rest = this.#bytes;
    return {
      pull: async () => {
        const piece = rest;
        rest = null;
        // A copy: what a stream gives belongs to its reader.
        return Promise.resolve(piece === null || piece.length === 0 ? null : piece.slice());
      },
      cancel: () => {
        rest = null;
      },
      whenBroken: () => undefined,
    };
  }
}

function streamOf(source: Source): ReadableStream<Uint8Array> {
  return new (lazy.streams().ReadableStream)(
    {
      type: "bytes",
      start: (controller) => {
        source.whenBroken((reason) => {
          controller.error(reason);
        });
      },
      pull: async (controller) => {
        let piece = await source.pull();
        while (piece?.length === 0) {
          piece = await source.pull();
        }
        if (piece === null) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(piece);
        }
      },
      cancel: () => {
        source.cancel();
      },
    },
    { highWaterMark: 0 },
  );
}

/** What stands for a stream whose bytes were read without it. */
function usedStream(): ReadableStream<Uint8Array> {
  const stream = new (lazy.streams().ReadableStream)<Uint8Array>({
    type: "bytes",
    start: (controller) => {
      controller.close();
    },
  });
  void stream.getReader().read();
  return stream;
}

/** A chunk of a body's stream: bytes, or the stream is of something else. */
export function chunkOf(chunk: unknown): Bytes {
  if (!(chunk instanceof Uint8Array)) {
    throw new TypeError("A body's stream must give Uint8Arrays.");
  }
  return chunk as Bytes;
}

async function piecesOf(stream: ReadableStream<unknown>): Promise<readonly Bytes[]> {
  const reader = stream.getReader();
  const pieces: Bytes[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(chunkOf(next.value));
  }
  return pieces;
}

function joined(pieces: readonly Bytes[]): Bytes {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** A body and the content type that it implies. */
export interface Extracted {
  readonly content: BodyContent;
  readonly type: string | null;
}

/** Extract a body (Fetch, section 5.2). */
export function extractBody(body: unknown): Extracted {
  if (brands.isStream(body)) {
    if (body.locked || lazy.streams().isDisturbed(body)) {
      throw new TypeError("The stream cannot be a body: it is locked, or was read already.");
    }
    return { content: BodyContent.ofStream(body), type: null };
  }
  const { bytes, type } = extractBytes(body);
  return { content: BodyContent.ofBytes(bytes), type };
}

function extractBytes(body: unknown): { readonly bytes: Bytes; readonly type: string | null } {
  if (brands.isBlob(body)) {
    return { bytes: lazy.blob().blobAccess.bytesOf(body), type: body.type === "" ? null : body.type };
  }
  if (brands.isFormData(body)) {
    const { bytes, boundary } = lazy.multipart().writeMultipart(body);
    return { bytes, type: `multipart/form-data; boundary=${boundary}` };
  }
  if (brands.isParams(body)) {
    return { bytes: utf8Encode(body.toString()), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return { bytes: bytesOf(body).slice(), type: null };
  }
  return { bytes: utf8Encode(asUsvString(body)), type: "text/plain;charset=UTF-8" };
}

/** What a Request and a Response have of a body. */
export interface BodyOwner {
  readonly content: BodyContent | null;
  /** The content-type header. */
  readonly type: string | null;
}

/** Puts the members of the mixin Body (Fetch, section 5.3) on a class. */
export function defineBody(prototype: object, ownerOf: (object: object) => BodyOwner): void {
  const read = async (object: object): Promise<Bytes> => {
    const { content } = ownerOf(object);
    return content === null ? new Uint8Array(0) : content.bytes();
  };
  const text = async (object: object): Promise<string> => utf8Decode(await read(object));
  const members = {
    get body(): ReadableStream<unknown> | null {
      return ownerOf(this).content?.stream ?? null;
    },
    get bodyUsed(): boolean {
      return ownerOf(this).content?.disturbed ?? false;
    },
    async arrayBuffer(): Promise<ArrayBuffer> {
      return (await read(this)).slice().buffer;
    },
    async blob(): Promise<object> {
      const { type } = ownerOf(this);
      return lazy.bodyForms().blobOfBody(await read(this), type);
    },
    async bytes(): Promise<Bytes> {
      return (await read(this)).slice();
    },
    async formData(): Promise<object> {
      const { type } = ownerOf(this);
      return lazy.bodyForms().formOfBody(await read(this), type);
    },
    async json(): Promise<unknown> {
      return JSON.parse(await text(this)) as unknown;
    },
    async text(): Promise<string> {
      return text(this);
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(members));
}
