import {
  normalizeEncoding,
  TextDecoder as PureDecoder,
  TextEncoder as PureEncoder,
} from "@exodus/bytes/encoding-lite.js";
import { utf8fromStringLoose } from "@exodus/bytes/utf8.js";
import { fromBase64, toBase64 } from "./bytes.guest.ts";
import { DOMException } from "./dom-exception.guest.ts";
import {
  asDictionary,
  asDomString,
  asUsvString,
  defineInterface,
  requireArguments,
} from "./define-interface.guest.ts";

/** Loads the tables of the East Asian encodings, which are large and hardly used. */
declare const require: (name: "@exodus/bytes/encoding.js") => { readonly TextDecoder: typeof PureDecoder };

const MULTI_BYTE = new Set(["big5", "euc-jp", "euc-kr", "gb18030", "gbk", "iso-2022-jp", "shift_jis"]);
const PIECE = 8_192;

/** Bytes of a string in UTF-8; lone surrogates become U+FFFD (Encoding, section 8.2). */
export function encodeLoose(value: string): Uint8Array<ArrayBuffer> {
  return utf8fromStringLoose(value);
}

/** TextEncoder (Encoding, section 7.4). */
export class TextEncoder {
  readonly #encoder = new PureEncoder();

  get encoding(): string {
    return this.#encoder.encoding;
  }

  encode(input: unknown = ""): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(asDomString(input));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    requireArguments(arguments.length, 2, "TextEncoder.encodeInto");
    return this.#encoder.encodeInto(asDomString(source), destination as Uint8Array);
  }
}
defineInterface(TextEncoder, { name: "TextEncoder" });

/** TextDecoder (Encoding, section 7.2), for all encodings of the standard. */
export class TextDecoder {
  readonly #decoder: InstanceType<typeof PureDecoder>;

  constructor(label: unknown = "utf-8", options?: unknown) {
    const encoding = normalizeEncoding(asDomString(label));
    if (encoding === null || encoding === "replacement") {
      throw new RangeError(`The encoding label provided ('${asUsvString(label)}') is invalid.`);
    }
    const { fatal, ignoreBOM } = asDictionary(options, "The options of a TextDecoder");
    const Decoder = MULTI_BYTE.has(encoding) ? require("@exodus/bytes/encoding.js").TextDecoder : PureDecoder;
    this.#decoder = new Decoder(encoding, { fatal: Boolean(fatal), ignoreBOM: Boolean(ignoreBOM) });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options?: unknown): string {
    const { stream } = asDictionary(options, "The options of TextDecoder.decode");
    return this.#decoder.decode(input, { stream: Boolean(stream) });
  }
}
defineInterface(TextDecoder, { name: "TextDecoder", length: 0, lengths: { decode: 0 } });

/** btoa (HTML, section 8.3). */
export function btoa(data: unknown): string {
  requireArguments(arguments.length, 1, "btoa");
  const given = asDomString(data);
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

/** atob (HTML, section 8.3): what the engine calls loose is what the standard calls forgiving. */
export function atob(data: unknown): string {
  requireArguments(arguments.length, 1, "atob");
  const given = asDomString(data);
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(given);
  } catch {
    throw new DOMException("The string is not correctly encoded base64.", "InvalidCharacterError");
  }
  let out = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    out += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return out;
}
