import { brands } from "./brands.guest.ts";
import {
  asDictionary,
  asDomString,
  asUsvString,
  checkBrand,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";
import { bytesOf, utf8Decode, utf8Encode } from "./bytes.guest.ts";
import { lazy } from "./lazy.guest.ts";
import type { ReadableStream } from "./streams.guest.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const PIECE_BYTES = 65_536;

interface BlobAccess {
  /** The bytes, joined; a copy, unless the caller only reads it. */
  bytesOf(blob: Blob): Bytes;
  /** A blob of bytes that nobody changes any more, with a type as it is. */
  ofBytes(bytes: Bytes, type: string): Blob;
  /** For structuredClone: what never changes need not be copied. */
  clone(blob: Blob): Blob;
  /** A file of the bytes of a blob, under another name. */
  toFile(blob: Blob, name: string): File;
}

/** What the product's files do with blobs. */
export let blobAccess: BlobAccess;

/** Blob (File API, section 3). Its bytes never change, so that parts of blobs are shared and not copied. */
export class Blob {
  #parts: readonly Bytes[] = [];
  #size = 0;
  #type = "";

  static {
    brands.isBlob = (value): value is Blob => typeof value === "object" && value !== null && #parts in value;
    const copy = <Kind extends Blob>(from: Blob, to: Kind): Kind => {
      to.#parts = from.#parts;
      to.#size = from.#size;
      to.#type = from.#type;
      return to;
    };
    blobAccess = {
      bytesOf: (blob) => {
        const [first] = blob.#parts;
        return blob.#parts.length === 1 && first !== undefined ? first : blob.#joined();
      },
      ofBytes: (bytes, type) => {
        const blob = new Blob();
        blob.#parts = [bytes];
        blob.#size = bytes.length;
        blob.#type = type;
        return blob;
      },
      clone: (blob) =>
        blob instanceof File
          ? copy(blob, new File([], blob.name, { lastModified: blob.lastModified }))
          : copy(blob, new Blob()),
      toFile: (blob, name) =>
        copy(blob, new File([], name, blob instanceof File ? { lastModified: blob.lastModified } : {})),
    };
  }

  constructor(parts?: unknown, options?: unknown) {
    const given = parts === undefined ? [] : readParts(parts);
    const { endings, type } = readOptions(options);
    this.#parts = given.map((part) => this.#bytesOf(part, endings)).flat();
    this.#size = this.#parts.reduce((sum, { length }) => sum + length, 0);
    this.#type = type;
  }

  #bytesOf(part: unknown, endings: "native" | "transparent"): readonly Bytes[] {
    if (brands.isBlob(part)) {
      return part.#parts;
    }
    if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) {
      return [bytesOf(part).slice()];
    }
    const text = asUsvString(part);
    return [utf8Encode(endings === "native" ? text.replace(/\r\n?/g, "\n") : text)];
  }

  get size(): number {
    return this.#size;
  }

  get type(): string {
    return this.#type;
  }

  slice(start: unknown = 0, end: unknown = this.#size, contentType: unknown = ""): Blob {
    const from = position(start, this.#size);
    const to = Math.max(from, position(end, this.#size));
    const blob = new Blob();
    blob.#parts = cut(this.#parts, from, to);
    blob.#size = to - from;
    blob.#type = normalType(asDomString(contentType));
    return blob;
  }

  stream(): ReadableStream<Uint8Array> {
    checkBrand(#parts in this);
    const pieces = this.#parts.values();
    let rest: Bytes = new Uint8Array(0);
    const { ReadableStream } = lazy.streams();
    return new ReadableStream({
      type: "bytes",
      pull: (controller) => {
        while (rest.length === 0) {
          const { done, value } = pieces.next();
          if (done === true) {
            controller.close();
            controller.byobRequest?.respond(0);
            return;
          }
          rest = value;
        }
        // A copy: what is enqueued belongs to its reader.
        controller.enqueue(rest.slice(0, PIECE_BYTES));
        rest = rest.subarray(PIECE_BYTES);
      },
    });
  }

  async text(): Promise<string> {
    return Promise.resolve(utf8Decode(blobAccess.bytesOf(this)));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#joined().buffer);
  }

  async bytes(): Promise<Uint8Array> {
    return Promise.resolve(this.#joined());
  }

  #joined(): Bytes {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

defineInterface(Blob, { name: "Blob", length: 0 });

/** File (File API, section 4). */
export class File extends Blob {
  readonly #name: string;
  readonly #lastModified: number;

  constructor(parts: unknown, name: unknown, options?: unknown) {
    requireArguments(arguments.length, 2, "File");
    if (parts === undefined) {
      throw new TypeError("The parts of a file must be an iterable.");
    }
    super(parts, options);
    this.#name = asUsvString(name);
    const { lastModified } = asDictionary(options, "The options of a file");
    this.#lastModified = lastModified === undefined ? Date.now() : Math.trunc(Number(lastModified)) || 0;
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }
}

defineInterface(File, { name: "File", length: 2 });

function readParts(parts: unknown): readonly unknown[] {
  const iterate: unknown =
    (typeof parts === "object" && parts !== null) || typeof parts === "function"
      ? (parts as Partial<Iterable<unknown>>)[Symbol.iterator]
      : undefined;
  if (typeof iterate !== "function") {
    throw new TypeError("The parts of a blob must be an iterable of texts, buffers and blobs.");
  }
  const iterator = Reflect.apply(iterate, parts, []) as Iterator<unknown>;
  const read: unknown[] = [];
  // Each part is converted before the next one is asked for, and the iterable is asked once (Web IDL, 3.2.21).
  for (const part of { [Symbol.iterator]: () => iterator }) {
    const asIs = brands.isBlob(part) || part instanceof ArrayBuffer || ArrayBuffer.isView(part);
    read.push(asIs ? part : asDomString(part));
  }
  return read;
}

function readOptions(options: unknown): {
  readonly endings: "native" | "transparent";
  readonly type: string;
} {
  const given = asDictionary(options, "The options of a blob");
  const endings = given.endings === undefined ? "transparent" : asDomString(given.endings);
  if (endings !== "transparent" && endings !== "native") {
    throw new TypeError('The option endings must be "transparent" or "native".');
  }
  return { endings, type: normalType(given.type === undefined ? "" : asDomString(given.type)) };
}

function normalType(type: string): string {
  return /^[ -~]*$/.test(type) ? type.toLowerCase() : "";
}

/** A [Clamp]ed position, from the end when it is negative. */
function position(value: unknown, size: number): number {
  const asked = value === undefined ? NaN : Number(value);
  const whole = Number.isNaN(asked) ? 0 : Math.round(asked);
  return whole < 0 ? Math.max(size + whole, 0) : Math.min(whole, size);
}

function cut(parts: readonly Bytes[], from: number, to: number): readonly Bytes[] {
  const kept: Bytes[] = [];
  let at = 0;
  for (const part of parts) {
    const piece = part.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (piece.length > 0) {
      kept.push(piece);
    }
    at += part.length;
  }
  return kept;
}
