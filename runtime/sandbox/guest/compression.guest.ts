import { Deflate, Gzip, Zlib } from "fflate";
import { asDomString, defineInterface, requireArguments } from "./define-interface.guest.ts";
import { bytesOf } from "./bytes.guest.ts";
import { Decompressor, type Format } from "./inflate.guest.ts";
import { ReadableStream, type ReadableStreamDefaultController, WritableStream } from "./streams.guest.ts";

/** Input is worked on in pieces: what one of them expands to (DEFLATE: 1,032 times) is all that is ever ahead. */
const INFLATE_BYTES = 2_048;
const DEFLATE_BYTES = 65_536;

interface Codec {
  push(bytes: Uint8Array): void;
  finish(): void;
}

interface Pair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<unknown>;
}

/** A pair of streams with a codec between them: nothing is worked on before somebody wants to read it. */
function codecPair(pieceBytes: number, make: (emit: (bytes: Uint8Array) => void) => Codec): Pair {
  const demand = new Demand();
  let output: ReadableStreamDefaultController<Uint8Array> | null = null;
  let fail: (reason: unknown) => void = () => undefined;
  const readable = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        output = controller;
      },
      pull: () => {
        demand.rise();
      },
      cancel: (reason) => {
        fail(reason);
        demand.rise();
      },
    },
    { highWaterMark: 0 },
  );
  const codec = make((bytes) => {
    demand.fall();
    output?.enqueue(bytes);
  });
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      const shown = error instanceof TypeError ? error : invalidData(error);
      output?.error(shown);
      throw shown;
    }
  };
  const writable = new WritableStream<unknown>({
    start: (controller) => {
      fail = (reason) => {
        controller.error(reason);
      };
    },
    write: async (chunk, controller) => {
      let bytes = new Uint8Array(0);
      guarded(() => {
        bytes = chunkBytes(chunk);
      });
      for (let at = 0; at < bytes.length && !controller.signal.aborted; at += pieceBytes) {
        await demand.wanted;
        guarded(() => {
          codec.push(bytes.subarray(at, at + pieceBytes));
        });
      }
    },
    close: () => {
      guarded(() => {
        codec.finish();
      });
      output?.close();
    },
    abort: (reason) => {
      output?.error(reason);
      demand.rise();
    },
  });
  return { readable, writable };
}

/** Whether somebody waits for output. */
class Demand {
  #up = Promise.withResolvers<undefined>();
  #risen = false;

  get wanted(): Promise<undefined> {
    return this.#up.promise;
  }

  rise(): void {
    this.#risen = true;
    this.#up.resolve(undefined);
  }

  fall(): void {
    if (this.#risen) {
      this.#risen = false;
      this.#up = Promise.withResolvers<undefined>();
    }
  }
}

function chunkBytes(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (!ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer)) {
    throw new TypeError("A chunk must be an ArrayBuffer or a view of one.");
  }
  // A copy: the caller may change the bytes while they wait.
  return bytesOf(chunk).slice();
}

function invalidData(cause: unknown): TypeError {
  return new TypeError("The compressed data is not valid.", { cause });
}

function readFormat(value: unknown): Format {
  const format = asDomString(value);
  if (format !== "gzip" && format !== "deflate" && format !== "deflate-raw") {
    throw new TypeError(`The format must be "gzip", "deflate" or "deflate-raw", not "${format}".`);
  }
  return format;
}

function compressor(format: Format, emit: (bytes: Uint8Array) => void): Codec {
  const made = {
    gzip: () => new Gzip({ mtime: 0 }),
    deflate: () => new Zlib(),
    "deflate-raw": () => new Deflate(),
  }[format]();
  made.ondata = (bytes) => {
    if (bytes.length > 0) {
      emit(bytes);
    }
  };
  return {
    push: (bytes) => {
      made.push(bytes);
    },
    finish: () => {
      made.push(new Uint8Array(0), true);
    },
  };
}

/** CompressionStream (Compression, section 5). */
export class CompressionStream {
  readonly #pair: Pair;

  constructor(format: unknown) {
    requireArguments(arguments.length, 1, "CompressionStream");
    const known = readFormat(format);
    this.#pair = codecPair(DEFLATE_BYTES, (emit) => compressor(known, emit));
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#pair.writable;
  }
}

defineInterface(CompressionStream, { name: "CompressionStream" });

/** DecompressionStream (Compression, section 6). */
export class DecompressionStream {
  readonly #pair: Pair;

  constructor(format: unknown) {
    requireArguments(arguments.length, 1, "DecompressionStream");
    const known = readFormat(format);
    this.#pair = codecPair(INFLATE_BYTES, (emit) => new Decompressor(known, emit));
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#pair.writable;
  }
}

defineInterface(DecompressionStream, { name: "DecompressionStream" });
