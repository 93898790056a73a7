import { Inflate } from "fflate";

/** What fflate keeps of a stream under way: its pinned version has no other word for where the data ended. */
interface Inside {
  /** Bytes that were not taken yet. */
  readonly p: Uint8Array;
  /** `f`: the last block began. `l`: a block is under way. `p`: bits taken of `Inside.p`. */
  readonly s: { readonly f?: number; readonly l?: unknown; readonly p?: number };
}

/** Raw DEFLATE data (RFC 1951) as it comes in; says what followed it. */
class RawInflate {
  readonly #inflate: Inflate;

  constructor(emit: (bytes: Uint8Array) => void) {
    this.#inflate = new Inflate((bytes) => {
      if (bytes.length > 0) {
        emit(bytes);
      }
    });
  }

  /** The bytes behind the data's end; null while there is more to come. */
  push(bytes: Uint8Array): Uint8Array | null {
    this.#inflate.push(bytes);
    const { p, s } = this.#inflate as unknown as Inside;
    const ended = s.f !== undefined && s.f !== 0 && (s.l === undefined || s.l === null);
    return ended ? p.subarray(Math.ceil((s.p ?? 0) / 8)) : null;
  }
}

/** How a format wraps the data: a header of a length to be found out, and a trailer that is checked. */
interface Wrapping {
  /** The header's length; null while that cannot be said. Throws when this is no header. */
  readonly header: (bytes: Uint8Array) => number | null;
  readonly trailerBytes: number;
  readonly sum: (bytes: Uint8Array) => void;
  readonly check: (trailer: DataView) => boolean;
}

export type Format = "deflate" | "deflate-raw" | "gzip";

/** Decompresses one format strictly (Compression, section 6): checks sums, refuses what is cut off or goes on. */
export class Decompressor {
  readonly #wrapping: Wrapping;
  readonly #inflate: RawInflate;
  #waiting: Uint8Array = new Uint8Array(0);
  #state: "header" | "data" | "trailer" | "done" = "header";

  constructor(format: Format, emit: (bytes: Uint8Array) => void) {
    const wrapping = WRAPPINGS[format]();
    this.#wrapping = wrapping;
    this.#inflate = new RawInflate((bytes) => {
      wrapping.sum(bytes);
      emit(bytes);
    });
  }

  push(bytes: Uint8Array): void {
    let rest = joined(this.#waiting, bytes);
    this.#waiting = new Uint8Array(0);
    if (this.#state === "header") {
      const length = this.#wrapping.header(rest);
      if (length === null) {
        this.#waiting = rest;
        return;
      }
      this.#state = "data";
      rest = rest.subarray(length);
    }
    if (this.#state === "data") {
      const after = rest.length === 0 ? null : this.#inflate.push(rest);
      if (after === null) {
        return;
      }
      this.#state = "trailer";
      rest = after;
    }
    this.#end(rest);
  }

  finish(): void {
    if (this.#state !== "done") {
      throw new TypeError("The compressed data is cut off.");
    }
  }

  #end(rest: Uint8Array): void {
    const { trailerBytes, check } = this.#wrapping;
    if (this.#state === "trailer" && rest.length >= trailerBytes) {
      if (!check(new DataView(rest.buffer, rest.byteOffset, trailerBytes))) {
        throw new TypeError("The compressed data does not have the sum that it claims.");
      }
      this.#state = "done";
      rest = rest.subarray(trailerBytes);
    }
    if (this.#state === "trailer") {
      this.#waiting = rest;
    } else if (rest.length > 0) {
      throw new TypeError("Something follows the end of the compressed data.");
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) {
    return second;
  }
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

const WRAPPINGS: Readonly<Record<Format, () => Wrapping>> = {
  "deflate-raw": () => ({ header: () => 0, trailerBytes: 0, sum: () => undefined, check: () => true }),
  deflate: zlibWrapping,
  gzip: gzipWrapping,
};

/** RFC 1950. */
function zlibWrapping(): Wrapping {
  let a = 1;
  let b = 0;
  return {
    header: ([method, flags]) => {
      if (method === undefined || flags === undefined) {
        return null;
      }
      if ((method & 15) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
        throw new TypeError("The data is not in the format deflate.");
      }
      return 2;
    },
    trailerBytes: 4,
    sum: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        for (const end = Math.min(at + 2_655, bytes.length); at < end; at += 1) {
          a += bytes[at] ?? 0;
          b += a;
        }
        a %= 65_521;
        b %= 65_521;
      }
    },
    check: (trailer) => trailer.getUint32(0) === b * 65_536 + a,
  };
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

/** RFC 1952. */
function gzipWrapping(): Wrapping {
  let crc = -1;
  let size = 0;
  return {
    header: gzipHeader,
    trailerBytes: 8,
    sum: (bytes) => {
      for (let at = 0; at < bytes.length; at += 1) {
        crc = (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
      }
      size = (size + bytes.length) >>> 0;
    },
    check: (trailer) => trailer.getUint32(0, true) === ~crc >>> 0 && trailer.getUint32(4, true) === size,
  };
}

const GZIP_BEGINNING = [0x1f, 0x8b, 8];
const MAX_HEADER = 65_536 * 2;

function gzipHeader(bytes: Uint8Array): number | null {
  const flags = bytes[3] ?? 0;
  if (GZIP_BEGINNING.some((byte, at) => at < bytes.length && bytes[at] !== byte) || (flags & 0xe0) !== 0) {
    throw new TypeError("The data is not in the format gzip.");
  }
  let at = 10;
  if ((flags & 4) !== 0) {
    at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) !== 0) {
      const end = bytes.indexOf(0, at);
      at = end < 0 ? Infinity : end + 1;
    }
  }
  at += (flags & 2) === 0 ? 0 : 2;
  if (bytes.length < at && bytes.length > MAX_HEADER) {
    throw new TypeError("The gzip header does not end.");
  }
  return at <= bytes.length ? at : null;
}
