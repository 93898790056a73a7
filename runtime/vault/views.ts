/** A text with one kind of escape undone. */
export interface View {
  readonly bytes: Uint8Array;
  /** For each byte where in the original it came from, and the end; null: the original itself. */
  readonly from: Uint32Array | null;
}

const DEPTH = 2;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * The decoded views of a text: URL escapes undone, JSON escapes undone, and each of these once more, since a
 * JSON text inside a JSON string or a URL inside a URL is escaped twice. Most texts have none. `plusIsSpace`
 * adds the form encoding; it matters only to values that hold a space. Unless the text is `final`, a view ends
 * before an escape that the text's end cuts off.
 */
export function decodedViews(bytes: Uint8Array, options: { plusIsSpace: boolean; final: boolean }): View[] {
  const decoders = options.plusIsSpace ? [undoJson, undoPercent, undoForm] : [undoJson, undoPercent];
  const views: View[] = [];
  let level: View[] = [{ bytes, from: null }];
  for (let depth = 0; depth < DEPTH; depth += 1) {
    level = level.flatMap((view) =>
      decoders.map((decode) => decode(view, options.final)).filter((decoded) => decoded !== null),
    );
    views.push(...level);
  }
  return views;
}

/** Collects a decoded view; what was decoded is never longer than its text. */
class ViewBuilder {
  readonly #source: View;
  readonly #bytes: Uint8Array;
  readonly #from: Uint32Array;
  #length = 0;

  constructor(source: View) {
    this.#source = source;
    this.#bytes = new Uint8Array(source.bytes.length);
    this.#from = new Uint32Array(source.bytes.length + 1);
  }

  push(byte: number, position: number): void {
    this.#bytes[this.#length] = byte;
    this.#from[this.#length] = origin(this.#source, position);
    this.#length += 1;
  }

  /** The view of the source up to `end`. */
  done(end: number): View {
    this.#from[this.#length] = origin(this.#source, end);
    return { bytes: this.#bytes.subarray(0, this.#length), from: this.#from.subarray(0, this.#length + 1) };
  }
}

/** Where in the original a position of a view is. */
export function origin(view: View, position: number): number {
  return view.from === null ? position : (view.from[position] ?? 0);
}

function undoPercent(view: View, final: boolean): View | null {
  return view.bytes.includes(PERCENT) ? undoUrl(view, false, final) : null;
}

function undoForm(view: View, final: boolean): View | null {
  return view.bytes.includes(PLUS) ? undoUrl(view, true, final) : null;
}

function undoUrl(view: View, plusIsSpace: boolean, final: boolean): View {
  const { bytes } = view;
  const built = new ViewBuilder(view);
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === PERCENT) {
      const code = hexAt(bytes, index + 1, 2);
      if (code >= 0) {
        built.push(code, index);
        index += 2;
        continue;
      }
      if (code === CUT_OFF && !final) {
        return built.done(index);
      }
    }
    built.push(plusIsSpace && byte === PLUS ? SPACE : byte, index);
  }
  return built.done(bytes.length);
}

function undoJson(view: View, final: boolean): View | null {
  const { bytes } = view;
  if (!bytes.includes(BACKSLASH)) {
    return null;
  }
  const built = new ViewBuilder(view);
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    const escape = byte === BACKSLASH ? escapeAt(bytes, index) : null;
    if (escape === CUT_OFF && !final) {
      return built.done(index);
    }
    if (escape === null || escape === CUT_OFF) {
      built.push(byte, index);
    } else {
      for (const decoded of utf8(escape.code)) {
        built.push(decoded, index);
      }
      index += escape.length - 1;
    }
  }
  return built.done(bytes.length);
}

const CUT_OFF = -2;
const NOT_HEX = -1;
// JSON's escapes, and those that JavaScript has besides: \' \v \0 \xXX \u{…}.
const SIMPLE = new Map(
  Object.entries({ '"': 34, "'": 39, "/": 47, "\\": 92, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "0": 0 }).map(
    ([letter, code]) => [letter.charCodeAt(0), code],
  ),
);

interface Escape {
  readonly code: number;
  readonly length: number;
}

/** The escape that begins at a backslash; null: none; CUT_OFF: the text ends before it does. */
function escapeAt(bytes: Uint8Array, index: number): Escape | typeof CUT_OFF | null {
  const letter = bytes[index + 1];
  if (letter === undefined) {
    return CUT_OFF;
  }
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) {
    return { code: simple, length: 2 };
  }
  if (letter === 0x78) {
    return sized(hexAt(bytes, index + 2, 2), 4);
  }
  return letter === 0x75 ? unicodeAt(bytes, index) : null;
}

function unicodeAt(bytes: Uint8Array, index: number): Escape | typeof CUT_OFF | null {
  if (bytes[index + 2] === 0x7b) {
    const close = bytes.subarray(index, index + 10).indexOf(0x7d);
    if (close < 0) {
      return bytes.length < index + 10 ? CUT_OFF : null;
    }
    return sized(hexAt(bytes, index + 3, close - 3), close + 1);
  }
  const first = hexAt(bytes, index + 2, 4);
  if (first < 0xd800 || first > 0xdbff) {
    return sized(first, 6);
  }
  // The first half of a pair: the second must follow as an escape of its own.
  const rest = bytes.subarray(index + 6, index + 8);
  if (rest.length < 2 && (rest.length === 0 || rest[0] === BACKSLASH)) {
    return CUT_OFF;
  }
  const second = rest[0] === BACKSLASH && rest[1] === 0x75 ? hexAt(bytes, index + 8, 4) : NOT_HEX;
  if (second === CUT_OFF) {
    return CUT_OFF;
  }
  return second >= 0xdc00 && second <= 0xdfff
    ? { code: (first - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000, length: 12 }
    : sized(first, 6);
}

function sized(code: number, length: number): Escape | typeof CUT_OFF | null {
  if (code === CUT_OFF) {
    return CUT_OFF;
  }
  return code === NOT_HEX ? null : { code, length };
}

/** A hexadecimal number of `digits` digits; NOT_HEX, or CUT_OFF when the text ends inside it. */
function hexAt(bytes: Uint8Array, index: number, digits: number): number {
  let value = 0;
  for (let digit = index; digit < index + digits; digit += 1) {
    const byte = bytes[digit];
    if (byte === undefined) {
      return CUT_OFF;
    }
    const nibble = HEX[byte] ?? NOT_HEX;
    if (nibble < 0) {
      return NOT_HEX;
    }
    value = value * 16 + nibble;
  }
  return digits < 1 ? NOT_HEX : value;
}

const HEX = Int8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte);
  return /[0-9a-f]/i.test(text) ? Number.parseInt(text, 16) : NOT_HEX;
});

function utf8(code: number): readonly number[] {
  if (code < 0x80) {
    return [code];
  }
  return code > 0x10ffff ? [0x3f] : [...Buffer.from(String.fromCodePoint(code))];
}
