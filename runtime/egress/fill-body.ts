import { TooLargeError } from "#runtime/errors.ts";
import { utf8AsLatin1 } from "./fill-header.ts";
import { fillBytes, fillMultipart } from "./fill-multipart.ts";
import { bodyKind, encodeFor } from "./fill-text.ts";
import type { Filler } from "./placeholder.ts";

/** The bytes of a request: all of them, or a stream that is read once. */
export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Whether a body can be sent only once. */
export function isStream(body: RequestBody | null): body is AsyncIterable<Uint8Array> {
  return body !== null && !(body instanceof Uint8Array);
}

/** A body with the secrets in it: JSON-escaped, form-encoded, XML-escaped or raw, by its content type. */
export function fillBody(body: Uint8Array, contentType: string, filler: Filler): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const filled = fillWhole(text, contentType, filler);
  return filled === text ? body : Buffer.from(filled, "latin1");
}

function fillWhole(latin1: string, contentType: string, filler: Filler): string {
  const kind = bodyKind(contentType);
  // A careful JSON writer may have escaped the letters of a placeholder.
  const escaped = latin1.includes("\\u");
  if (!escaped && !filler.holds(latin1)) {
    return latin1;
  }
  if (!escaped && !filler.fragile) {
    return fillFlat(latin1, contentType, filler);
  }
  return kind === "multipart" ? fillMultipart(latin1, contentType, filler) : fillBytes(latin1, kind, filler);
}

/** Fills where no value is spelled differently by what surrounds it. */
function fillFlat(latin1: string, contentType: string, filler: Filler): string {
  const encode = encodeFor(bodyKind(contentType));
  return filler.fill(latin1, (value, name) => utf8AsLatin1(encode(value, name)));
}

/** So much of a stream may wait for its end: a run may send many at once. */
const GATHER_BYTES = 262_144;

/**
 * Fills a stream as it passes: what may be the beginning of a placeholder waits for the next chunk. Where a value
 * is spelled by what surrounds it (a quote inside JSON inside JSON), a short stream is gathered first, and a long
 * one filled as if nothing were nested in it.
 *
 * @throws TooLargeError, while it is read, at the first byte beyond `limit`.
 */
export async function* fillStream(
  chunks: AsyncIterable<Uint8Array>,
  contentType: string,
  filler: Filler,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let gathered = filler.fragile && !["bytes", "form"].includes(bodyKind(contentType));
  let size = 0;
  let waiting = "";
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > limit) {
      throw tooLong(limit);
    }
    waiting += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    gathered &&= waiting.length <= GATHER_BYTES;
    const settled = gathered ? 0 : filler.settled(waiting);
    if (settled > 0) {
      yield Buffer.from(fillFlat(waiting.slice(0, settled), contentType, filler), "latin1");
      waiting = waiting.slice(settled);
    }
  }
  if (waiting !== "") {
    yield Buffer.from(fillWhole(waiting, contentType, filler), "latin1");
  }
}

/** A request body is longer than its limit. */
export function tooLong(limit: number): TooLargeError {
  return new TooLargeError(`The request body is longer than ${String(limit)} bytes, the limit of a body.`);
}
