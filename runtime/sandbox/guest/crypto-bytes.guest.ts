// oxlint-disable typescript/unbound-method -- taking methods off their prototypes, as in primordials
import { NativeTypeError, uncurry } from "./primordials.guest.ts";

/** Uint8Array as it was before any guest code. */
export const NativeBytes = Uint8Array;

interface Base64Bytes extends Uint8Array<ArrayBuffer> {
  toBase64(): string;
}
const toText = uncurry((NativeBytes.prototype as Base64Bytes).toBase64) as (bytes: Uint8Array) => string;
const fromText = (
  NativeBytes as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }
).fromBase64.bind(NativeBytes);
const isView = ArrayBuffer.isView.bind(ArrayBuffer);
const byteLengthOf = uncurry(
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get as (this: ArrayBuffer) => number,
);

/** Whether a value is a BufferSource (Web IDL, section 4.1). */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  if (isView(value)) {
    return true;
  }
  try {
    byteLengthOf(value as ArrayBuffer);
    return true;
  } catch {
    return false;
  }
}

/** The bytes of a BufferSource at this moment, in base64. */
export function writeBase64(value: unknown, what: string): string {
  if (!isBytes(value)) {
    throw new NativeTypeError(`${what} must be an ArrayBuffer or a view of one.`);
  }
  return toText(
    isView(value)
      ? new NativeBytes(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
      : new NativeBytes(value),
  );
}

/** Base64 as bytes. */
export function readBase64(value: string): Uint8Array<ArrayBuffer> {
  return fromText(value);
}
