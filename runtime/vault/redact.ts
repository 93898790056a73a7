import { randomHex } from "#runtime/ids.ts";
import { redactJson } from "./redact-json.ts";
import { redactStream } from "./redact-stream.ts";
import { Finder } from "./spans.ts";
import type { Redaction, Span } from "./spans.ts";

/** Stands where a text was cut off. What comes before it may be the beginning of a shown value, and is taken away. */
export const CUT_MARK = "… (cut)";

/** Takes secrets out of whatever leaves a run. */
export interface Redactor {
  /** The text with every known value replaced; the very same string when there is none. */
  text(text: string): string;
  /** How many characters at the end of a text may be the beginning of a shown value that goes on elsewhere. */
  open(text: string): number;
  /** JSON data, its strings, keys and (where a value is a number) numbers redacted; the argument stays as it is. */
  json(value: unknown): unknown;
  /**
   * Redacts a byte stream. A value is found across any chunk borders, every other byte passes unchanged, and
   * only bytes that may be the beginning of a value wait for the next chunk: whoever writes the stream and sees
   * what passes can find out the values.
   */
  stream(): TransformStream<Uint8Array, Uint8Array>;
}

/**
 * Arms a redactor with values and what stands in their place. Found are: the value itself; base64 and base64url
 * of any text that holds it, padded or not; hexadecimal of either case; URL-encoded, form-encoded and
 * JSON-escaped spellings, whichever of its characters are escaped and also when escaped twice; and all of these
 * of the value as a request carries it, once in JSON, XML or a URL.
 *
 * A value of fewer than 6 characters is found only as itself and only as a whole token (no letter, digit or `_`
 * beside it): `abc` would otherwise be cut out of half the words. Empty values are ignored. Where values
 * overlap, the whole stretch gives way to the replacement of the one that begins first.
 *
 * This is a safety net, not a boundary: code that means to leak a value it was shown can encode it in ways that
 * nobody lists. Time is linear in the text, whatever the number of values.
 */
export function createRedactor(entries: readonly Redaction[]): Redactor {
  const armed = entries.filter(({ value }) => value !== "");
  if (armed.length === 0) {
    return {
      text: (text) => text,
      open: () => 0,
      json: (value) => value,
      stream: () => new TransformStream(),
    };
  }
  const finder = new Finder(armed);
  const shown = armed.filter((entry) => entry.shown === true);
  const beginnings = shown.length === armed.length ? finder : shown.length === 0 ? null : new Finder(shown);
  const text = (given: string): string => redactText(finder, beginnings, given);
  const numeric = armed.some(({ value }) => Number.isFinite(Number(value)));
  return {
    text,
    open: (given) => openEnd(beginnings, given),
    json: (value) => redactAtOnce(value, text, numeric),
    stream: () => redactStream(finder),
  };
}

/**
 * The strings of JSON data as one text: to look into each by itself costs ten times as much, and whoever chooses the
 * data would choose many. No value, and nobody's data, holds the border between them; one that begins or ends as the
 * border does can take a part of it along, and then each string is looked into after all.
 */
function redactAtOnce(value: unknown, text: (text: string) => string, numeric: boolean): unknown {
  const texts: string[] = [];
  const collect = (one: string): string => {
    texts.push(one);
    return one;
  };
  const same = redactJson(value, collect, numeric);
  const border = `\n${randomHex(8)}\n`;
  const whole = texts.join(border);
  const redacted = text(whole);
  if (redacted === whole) {
    return same;
  }
  const parts = redacted.split(border);
  if (parts.length !== texts.length) {
    return redactJson(value, text, numeric);
  }
  const next = parts.values();
  return redactJson(value, () => next.next().value ?? "", numeric);
}

function redactText(finder: Finder, beginnings: Finder | null, text: string): string {
  // UTF-8 has at most three bytes for a UTF-16 unit.
  if (text.length * 3 < finder.shortest) {
    return text;
  }
  const redacted = redactWhole(finder, text);
  if (beginnings === null || !redacted.includes(CUT_MARK)) {
    return redacted;
  }
  const pieces = redacted.split(CUT_MARK);
  const last = pieces.pop() ?? "";
  const cut = pieces.map((piece) => piece.slice(0, piece.length - openEnd(beginnings, piece)));
  return [...cut, last].join(CUT_MARK);
}

function redactWhole(finder: Finder, text: string): string {
  const bytes = Buffer.from(text);
  const { spans } = finder.find(bytes, { before: null, final: true });
  return spans.length === 0 ? text : replaceSpans(bytes, spans);
}

function openEnd(beginnings: Finder | null, text: string): number {
  if (beginnings === null) {
    return 0;
  }
  const bytes = Buffer.from(text);
  const { settled } = beginnings.find(bytes, { before: null, final: false });
  return bytes.subarray(settled).toString("utf8").length;
}

function replaceSpans(bytes: Buffer, spans: readonly Span[]): string {
  const parts: Buffer[] = [];
  let done = 0;
  for (const span of spans) {
    parts.push(bytes.subarray(done, span.start), span.replacement);
    done = span.end;
  }
  parts.push(bytes.subarray(done));
  return Buffer.concat(parts).toString("utf8");
}
