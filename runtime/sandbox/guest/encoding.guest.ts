import { toText } from "./primordials.guest.ts";
import { DOMException } from "./abort.guest.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int16Array(128).fill(-1);
for (let index = 0; index < 64; index += 1) {
  VALUES[ALPHABET.charCodeAt(index)] = index;
}
const REPLACEMENT = "\ufffd";
const PIECE = 8_192;

/** Bytes of a string in UTF-8; lone surrogates become U+FFFD (Encoding, section 8.2). */
export function utf8Encode(value: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(value.length * 3);
  let at = 0;
  for (let index = 0; index < value.length; index += 1) {
    let point = value.charCodeAt(index);
    if (point >= 0xd800 && point <= 0xdfff) {
      const low = value.charCodeAt(index + 1);
      if (point <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        index += 1;
      } else {
        point = 0xfffd;
      }
    }
    if (point < 0x80) {
      bytes[at++] = point;
    } else if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[at++] = 0xe0 | (point >> 12);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    }
  }
  return bytes.slice(0, at);
}

/** The state of a UTF-8 decoder between two pieces (Encoding, section 8.1.1). */
export class Utf8Decoder {
  #point = 0;
  #needed = 0;
  #seen = 0;
  #lower = 0x80;
  #upper = 0xbf;
  readonly #fatal: boolean;

  constructor(fatal = false) {
    this.#fatal = fatal;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    let out = "";
    let piece: number[] = [];
    const emit = (point: number): void => {
      piece.push(point);
      if (piece.length >= PIECE) {
        out += String.fromCodePoint(...piece);
        piece = [];
      }
    };
    for (let index = 0; index < bytes.length; index += 1) {
      if (!this.#step(bytes[index] ?? 0, emit)) {
        index -= 1;
      }
    }
    if (last && this.#needed > 0) {
      this.#reset();
      emit(this.#bad());
    }
    return out + String.fromCodePoint(...piece);
  }

  /** False when the byte must be looked at again, as the start of something new. */
  #step(byte: number, emit: (point: number) => void): boolean {
    if (this.#needed === 0) {
      this.#lead(byte, emit);
      return true;
    }
    if (byte < this.#lower || byte > this.#upper) {
      this.#reset();
      emit(this.#bad());
      return false;
    }
    this.#lower = 0x80;
    this.#upper = 0xbf;
    this.#point = (this.#point << 6) | (byte & 0x3f);
    this.#seen += 1;
    if (this.#seen === this.#needed) {
      const point = this.#point;
      this.#reset();
      emit(point);
    }
    return true;
  }

  #lead(byte: number, emit: (point: number) => void): void {
    if (byte < 0x80) {
      emit(byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      this.#needed = 1;
      this.#point = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      this.#needed = 2;
      this.#lower = byte === 0xe0 ? 0xa0 : 0x80;
      this.#upper = byte === 0xed ? 0x9f : 0xbf;
      this.#point = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#needed = 3;
      this.#lower = byte === 0xf0 ? 0x90 : 0x80;
      this.#upper = byte === 0xf4 ? 0x8f : 0xbf;
      this.#point = byte & 0x7;
    } else {
      emit(this.#bad());
    }
  }

  #bad(): number {
    if (this.#fatal) {
      throw new TypeError("The encoded data was not valid for encoding utf-8");
    }
    return REPLACEMENT.charCodeAt(0);
  }

  #reset(): void {
    this.#point = 0;
    this.#needed = 0;
    this.#seen = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }
}

/** TextEncoder (Encoding, section 7.4). */
export class TextEncoder {
  readonly encoding = "utf-8";

  encode(value = ""): Uint8Array {
    return utf8Encode(toText(value));
  }

  encodeInto(value: string, target: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of value) {
      const bytes = utf8Encode(character);
      if (written + bytes.length > target.length) {
        break;
      }
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

/** TextDecoder (Encoding, section 7.2) for UTF-8, the encoding of the web. */
export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #decoder: Utf8Decoder;
  #started = false;

  constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^\s*(unicode-1-1-utf-8|unicode11utf8|unicode20utf8|utf-8|utf8|x-unicode20utf8)\s*$/i.test(label)) {
      throw new RangeError(`The encoding "${label}" is not supported; only utf-8 is.`);
    }
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
    this.#decoder = new Utf8Decoder(this.fatal);
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
    let text = this.#decoder.decode(bytesOf(input ?? new Uint8Array(0)), !options.stream);
    if (!this.#started && !this.ignoreBOM && text.startsWith("\ufeff")) {
      text = text.slice(1);
    }
    this.#started = options.stream === true && (this.#started || text !== "");
    if (options.stream !== true) {
      this.#decoder = new Utf8Decoder(this.fatal);
    }
    return text;
  }
}

/** The bytes behind any buffer or view. */
export function bytesOf(input: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return (bytes as Uint8Array & { toBase64(): string }).toBase64();
}

/** Base64 as bytes. */
export function fromBase64(value: string): Uint8Array<ArrayBuffer> {
  return (Uint8Array as typeof Uint8Array & { fromBase64(text: string): Uint8Array<ArrayBuffer> }).fromBase64(
    value,
  );
}

/** btoa (HTML, section 8.3). */
export function btoa(value: unknown): string {
  const given = toText(value);
  const bytes = new Uint8Array(given.length);
  for (let index = 0; index < given.length; index += 1) {
    const unit = given.charCodeAt(index);
    if (unit > 255) {
      throw new DOMException("The string contains a character outside of Latin-1.", "InvalidCharacterError");
    }
    bytes[index] = unit;
  }
  return toBase64(bytes);
}

/** atob (HTML, section 8.3): forgiving-base64 decode. */
export function atob(value: unknown): string {
  const given = toText(value).replace(/[\t\n\f\r ]/g, "");
  const body = given.length % 4 === 0 ? given.replace(/==?$/, "") : given;
  if (body.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(body)) {
    throw new DOMException("The string is not correctly encoded base64.", "InvalidCharacterError");
  }
  let out = "";
  let buffer = 0;
  let bits = 0;
  for (let index = 0; index < body.length; index += 1) {
    buffer = (buffer << 6) | (VALUES[body.charCodeAt(index)] ?? 0);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((buffer >> bits) & 0xff);
    }
  }
  return out;
}
