// oxlint-disable typescript/unbound-method -- taking methods off their prototypes, as in primordials.guest.ts
import { lazy } from "./lazy.guest.ts";
import { uncurry } from "./primordials.guest.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type WithBase64 = typeof Uint8Array & { fromBase64(text: string): Bytes; prototype: { toBase64(): string } };

const PIECE = 8_192;
const NativeBytes = Uint8Array as WithBase64;
const { isView } = ArrayBuffer;
const { fromCharCode } = String;
const { apply } = Reflect;
const subarray = uncurry(NativeBytes.prototype.subarray) as (
  self: Bytes,
  start: number,
  end: number,
) => Bytes;
const encodeBase64 = uncurry(NativeBytes.prototype.toBase64) as (self: Uint8Array) => string;
const decodeBase64 = NativeBytes.fromBase64.bind(NativeBytes);

/** The bytes behind any buffer or view. */
export function bytesOf(input: ArrayBuffer | ArrayBufferView): Bytes {
  return isView(input)
    ? new NativeBytes(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength)
    : new NativeBytes(input);
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return encodeBase64(bytes);
}

/** Base64 as bytes. */
export function fromBase64(value: string): Bytes {
  return decodeBase64(value);
}

/**
 * Bytes of a string in UTF-8; lone surrogates become U+FFFD (Encoding, section 8.2). Only what is not ASCII costs
 * the evaluation of a decoder's tables, here and below.
 */
export function utf8Encode(value: string): Bytes {
  const bytes = new NativeBytes(value.length);
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit > 127) {
      return lazy.encoding().encodeLoose(value);
    }
    bytes[index] = unit;
  }
  return bytes;
}

/** The text of UTF-8 bytes without their byte order mark; what is invalid becomes U+FFFD. */
export function utf8Decode(bytes: Bytes): string {
  for (let index = 0; index < bytes.length; index += 1) {
    if ((bytes[index] ?? 0) > 127) {
      return new (lazy.encoding().TextDecoder)().decode(bytes);
    }
  }
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += apply(fromCharCode, null, subarray(bytes, at, at + PIECE));
  }
  return text;
}
