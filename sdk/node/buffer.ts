import { Buffer as Base, INSPECT_MAX_BYTES, kMaxLength } from "node:buffer";
import { refuse } from "./not-available.ts";

/** The package `buffer` is Node's Buffer but for what came after Node 14: base64url, and a few functions. */
const isUrl = (encoding: unknown): boolean =>
  typeof encoding === "string" && encoding.toLowerCase() === "base64url";
const plain = (encoding: unknown): BufferEncoding =>
  (isUrl(encoding) ? "base64" : encoding) as BufferEncoding;

const Buffer = Base;
// oxlint-disable-next-line typescript/unbound-method -- the package's functions do not look at `this`
const { from, isEncoding, byteLength } = Base;
type Method = (this: unknown, ...values: unknown[]) => unknown;
const toString = Reflect.get(Base.prototype, "toString") as Method;
const write = Reflect.get(Base.prototype, "write") as Method;
const fill = Reflect.get(Base.prototype, "fill") as Method;

Object.assign(Buffer, {
  from: (value: unknown, second?: unknown, third?: unknown) =>
    (from as (...values: unknown[]) => unknown)(value, plain(second), third),
  isEncoding: (encoding: string) => isUrl(encoding) || isEncoding(encoding),
  byteLength: (value: string, encoding?: unknown) => byteLength(value, plain(encoding)),
});
Object.assign(Buffer.prototype, {
  toString(this: Buffer, encoding?: unknown, start?: unknown, end?: unknown): unknown {
    const text = toString.call(this, plain(encoding), start, end);
    return isUrl(encoding) && typeof text === "string"
      ? text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
      : text;
  },
  write(this: Buffer, ...values: unknown[]): unknown {
    return write.apply(
      this,
      values.map((value, index) => (index === 0 ? value : plain(value))),
    );
  },
  fill(this: Buffer, value: unknown, ...values: unknown[]): unknown {
    return fill.apply(this, [value, ...values.map(plain)]);
  },
});

const bytesOf = (value: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);

function isUtf8(value: ArrayBuffer | ArrayBufferView): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(value));
    return true;
  } catch {
    return false;
  }
}

function transcode(source: Uint8Array, fromEncoding: BufferEncoding, toEncoding: BufferEncoding): Buffer {
  return Buffer.from(Buffer.from(source).toString(fromEncoding), toEncoding);
}

/** `node:buffer`. */
export const exported = {
  Buffer,
  kMaxLength,
  kStringMaxLength: 536_870_888,
  INSPECT_MAX_BYTES,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 536_870_888 },
  isUtf8,
  isAscii: (value: ArrayBuffer | ArrayBufferView): boolean => bytesOf(value).every((byte) => byte < 128),
  transcode,
  atob: (text: string): string => atob(text),
  btoa: (text: string): string => btoa(text),
  get Blob(): unknown {
    return Reflect.get(globalThis, "Blob");
  },
  get File(): unknown {
    return Reflect.get(globalThis, "File");
  },
  resolveObjectURL: refuse("buffer.resolveObjectURL", "it has no blob URLs."),
};
