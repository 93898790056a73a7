import { DOMException } from "./dom-exception.guest.ts";
import { bufferLength, bytesToBase64, isView, NativeBytes, NativeTypeError } from "./primordials.guest.ts";

/** What the process takes. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Whether a value is a BufferSource (Web IDL, section 4.1). */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  if (isView(value)) {
    return true;
  }
  try {
    bufferLength(value as ArrayBuffer);
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
  const bytes = isView(value)
    ? new NativeBytes(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    : new NativeBytes(value);
  if (bytes.length > MAX_BYTES) {
    throw new DOMException("crypto.subtle takes at most 10 MB at once in a workflow.", "OperationError");
  }
  return bytesToBase64(bytes);
}
