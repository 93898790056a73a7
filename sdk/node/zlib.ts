import { deflateSync, gunzipSync, gzipSync, inflateSync, unzlibSync, zlibSync } from "fflate";
import { refuse } from "./not-available.ts";

type Input = string | ArrayBuffer | ArrayBufferView;
interface Options {
  readonly level?: number;
}
type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Sync = (input: Input, options?: Options) => Buffer;
type Callback = (error: Error | null, result?: Buffer) => void;

const STREAMS = "its streams are not there. Use CompressionStream and DecompressionStream.";

function bytesOf(input: Input): Uint8Array {
  if (typeof input === "string") {
    return Buffer.from(input);
  }
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}

const levelOf = (options: Options | undefined): { level?: Level } =>
  options?.level === undefined || options.level < 0 ? {} : { level: options.level as Level };

/** fflate's errors are plain; Node's have a code that packages look at. */
function reading(read: (bytes: Uint8Array) => Uint8Array): Sync {
  return (input) => {
    try {
      return Buffer.from(read(bytesOf(input)));
    } catch (error) {
      throw Object.assign(
        new Error(`incorrect data: ${error instanceof Error ? error.message : "unreadable"}`),
        {
          code: "Z_DATA_ERROR",
          errno: -3,
        },
      );
    }
  };
}

const gzip: Sync = (input, options) => Buffer.from(gzipSync(bytesOf(input), levelOf(options)));
const deflate: Sync = (input, options) => Buffer.from(zlibSync(bytesOf(input), levelOf(options)));
const deflateRaw: Sync = (input, options) => Buffer.from(deflateSync(bytesOf(input), levelOf(options)));
const gunzip = reading(gunzipSync);
const inflate = reading(unzlibSync);
const inflateRaw = reading(inflateSync);
const unzip: Sync = (input) => (bytesOf(input)[0] === 0x1f ? gunzip(input) : inflate(input));

/** The form with a callback. */
function later(sync: Sync): (input: Input, ...rest: readonly unknown[]) => void {
  return (input, ...rest) => {
    const callback = rest.at(-1) as Callback;
    const options = (rest.length > 1 ? rest[0] : undefined) as Options | undefined;
    queueMicrotask(() => {
      let result: Buffer;
      try {
        result = sync(input, options);
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      callback(null, result);
    });
  };
}

/** `node:zlib`: whole values; no streams, no brotli, no zstd. */
export const exported = {
  gzipSync: gzip,
  gunzipSync: gunzip,
  deflateSync: deflate,
  inflateSync: inflate,
  deflateRawSync: deflateRaw,
  inflateRawSync: inflateRaw,
  unzipSync: unzip,
  gzip: later(gzip),
  gunzip: later(gunzip),
  deflate: later(deflate),
  inflate: later(inflate),
  deflateRaw: later(deflateRaw),
  inflateRaw: later(inflateRaw),
  unzip: later(unzip),
  constants: {
    Z_NO_FLUSH: 0,
    Z_SYNC_FLUSH: 2,
    Z_FULL_FLUSH: 3,
    Z_FINISH: 4,
    Z_OK: 0,
    Z_DEFAULT_COMPRESSION: -1,
    Z_BEST_SPEED: 1,
    Z_BEST_COMPRESSION: 9,
    BROTLI_OPERATION_FLUSH: 1,
  },
  ...Object.fromEntries(
    [
      "Gzip",
      "Gunzip",
      "Deflate",
      "Inflate",
      "DeflateRaw",
      "InflateRaw",
      "Unzip",
      "BrotliCompress",
      "BrotliDecompress",
    ].map((name) => [`create${name}`, refuse(`zlib.create${name}`, STREAMS)]),
  ),
  brotliCompressSync: refuse("zlib.brotliCompressSync", "there is no brotli. Use gzip."),
  brotliDecompressSync: refuse("zlib.brotliDecompressSync", "there is no brotli. fetch decodes it."),
};
