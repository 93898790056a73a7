import { redactJson } from "./redact-json.ts";
import { redactStream } from "./redact-stream.ts";
import { Finder } from "./spans.ts";
import type { Redaction, Span } from "./spans.ts";

/** Takes secrets out of whatever leaves a run. */
export interface Redactor {
  /** The text with every known value replaced; the very same string when there is none. */
  text(text: string): string;
  /** JSON data, its strings, keys and (where a value is a number) numbers redacted; the argument stays as it is. */
  json(value: unknown): unknown;
  /**
   * Redacts a byte stream. A value is found across any chunk borders, every other byte passes unchanged, and
   * only bytes that may be the beginning of a value wait for the next chunk.
   */
  stream(): TransformStream<Uint8Array, Uint8Array>;
}

/**
 * Arms a redactor with values and what stands in their place. Found are: the value itself; base64 and base64url
 * of any text that holds it, padded or not; hexadecimal of either case; URL-encoded, form-encoded and
 * JSON-escaped spellings, whichever of its characters are escaped and also when escaped twice.
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
    return { text: (text) => text, json: (value) => value, stream: () => new TransformStream() };
  }
  const finder = new Finder(armed);
  const text = (given: string): string => redactText(finder, given);
  const numeric = armed.some(({ value }) => Number.isFinite(Number(value)));
  return {
    text,
    json: (value) => redactJson(value, text, numeric),
    stream: () => redactStream(finder),
  };
}

function redactText(finder: Finder, text: string): string {
  // UTF-8 has at most three bytes for a UTF-16 unit.
  if (text.length * 3 < finder.shortest) {
    return text;
  }
  const bytes = Buffer.from(text);
  const { spans } = finder.find(bytes, { before: null, final: true });
  return spans.length === 0 ? text : replaceSpans(bytes, spans);
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
