import { pipeline, Transform } from "node:stream";
import type { Duplex, Readable } from "node:stream";
import zlib from "node:zlib";
import { TooLargeError } from "#runtime/errors.ts";
import { ExchangeError, failure } from "./failure.ts";
import { createAnyInflate } from "./inflate.ts";

const MAX_CODINGS = 3;
// RFC 9659 §3: a decoder need not support zstd windows above 8 MB; brotli's are at most 16 MB by themselves.
const ZSTD_WINDOW_LOG = 23;
const FLUSHING = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: () => zlib.createGunzip(FLUSHING),
  "x-gzip": () => zlib.createGunzip(FLUSHING),
  deflate: () => createAnyInflate(FLUSHING),
  br: () => zlib.createBrotliDecompress(),
  zstd: () =>
    zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
};

/**
 * The content codings to undo, outermost first; empty when there are none or we know none of them.
 *
 * @throws ExchangeError when there are more than anybody needs, or one that we know beside one that we do not: passed
 * on as they are, they would hide an echo.
 */
export function codings(contentEncoding: string | null, host: string): readonly string[] {
  const listed = (contentEncoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  const known = listed.filter((coding) => Object.hasOwn(DECODERS, coding));
  if (known.length > 0 && known.length < listed.length) {
    throw new ExchangeError(
      `The response of ${host} is encoded by codings of which not all are known, so none is undone.`,
      "CONTENT_ENCODING",
    );
  }
  if (known.length > MAX_CODINGS) {
    throw new ExchangeError(
      `The response of ${host} is encoded more than ${String(MAX_CODINGS)} times, which is not undone.`,
      "CONTENT_ENCODING",
    );
  }
  return known.toReversed();
}

/** What we accept: every coding that `codings` knows. */
export const ACCEPT_ENCODING = "gzip, deflate, br, zstd";

/** A response body as it is read: decoded, and never longer than its limit. */
export interface ResponseBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly cancel: () => void;
}

/**
 * Decodes a body and counts what comes out, of each coding: one may undo what another makes of nothing. A compression
 * bomb costs the limit and not its size: reading stops, and the connection is dropped, at the first byte too many.
 */
export function responseBody(
  source: Readable,
  options: {
    readonly codings: readonly string[];
    readonly limit: number;
    readonly host: string;
    readonly signal: AbortSignal;
  },
): ResponseBody {
  const stages = options.codings.flatMap((coding) => {
    const decoder = DECODERS[coding]?.();
    return decoder === undefined ? [] : [counter(options), decoder];
  });
  const decoded = stages.at(-1) ?? source;
  if (stages.length > 0) {
    // Errors arrive where the last stream is read.
    pipeline([source, ...stages], () => undefined);
  }
  const ignore = (): void => undefined;
  source.on("error", ignore);
  decoded.on("error", ignore);
  return {
    chunks: limited(decoded, options),
    cancel: () => {
      decoded.destroy();
      source.destroy();
    },
  };
}

/** Passes encoded bytes on: of as many as the limit, data that cannot be compressed makes a little more. */
function counter({ limit, host }: { readonly limit: number; readonly host: string }): Transform {
  const most = limit * 1.1 + 65_536;
  let size = 0;
  return new Transform({
    transform: (chunk: Uint8Array, _, pass) => {
      size += chunk.byteLength;
      pass(size > most ? tooLong(host, limit) : null, chunk);
    },
  });
}

function tooLong(host: string, limit: number): TooLargeError {
  return new TooLargeError(
    `The response of ${host} is longer than ${String(limit)} bytes, the limit of a body.`,
  );
}

async function* limited(
  decoded: Readable,
  options: { readonly limit: number; readonly host: string; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > options.limit) {
        throw tooLong(options.host, options.limit);
      }
      yield chunk;
    }
  } catch (error) {
    throw failure(error, options.host, options.signal);
  }
}
