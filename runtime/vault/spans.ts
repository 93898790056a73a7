import { formsOf } from "./forms.ts";
import type { Form } from "./forms.ts";
import { Matcher } from "./matcher.ts";
import { decodedViews, origin } from "./views.ts";
import type { View } from "./views.ts";

/** A value and what stands in its place. */
export interface Redaction {
  readonly value: string;
  readonly replacement: string;
  /**
   * Whether those who write the texts have the value. Only then its beginnings are sought too: of any other value
   * they would tell, guess by guess, what it is.
   */
  readonly shown?: boolean;
}

/** A stretch of the text that gives a value away. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly replacement: Buffer;
}

/** What one look at a text (or at what has come of a stream) found. */
export interface Findings {
  /** In order; overlapping stretches are one, which has the replacement of the first and longest. */
  readonly spans: readonly Span[];
  /** Everything before is settled: no match that begins there is still growing. */
  readonly settled: number;
}

/** How a text lies in its stream. */
export interface Surroundings {
  /** The byte before the text; null at the start. */
  readonly before: number | null;
  /** Nothing comes after. */
  readonly final: boolean;
}

interface Pattern extends Form {
  readonly replacement: Buffer;
}

/** Finds the values of one redactor, in every form, in one pass over each view of a text. */
export class Finder {
  readonly #patterns: readonly Pattern[];
  readonly #matcher: Matcher;
  readonly #plusIsSpace: boolean;
  /** A shorter text holds no value. */
  readonly shortest: number;

  constructor(redactions: readonly Redaction[]) {
    this.#patterns = redactions.flatMap(({ value, replacement }) =>
      formsOf(value).map((form) => ({ ...form, replacement: Buffer.from(replacement) })),
    );
    this.#matcher = new Matcher(this.#patterns.map(({ bytes }) => bytes));
    this.#plusIsSpace = redactions.some(({ value }) => value.trim().includes(" "));
    this.shortest = Math.min(...this.#patterns.map(({ bytes }) => bytes.length));
  }

  find(bytes: Uint8Array, surroundings: Surroundings): Findings {
    const views = decodedViews(bytes, { plusIsSpace: this.#plusIsSpace, final: surroundings.final });
    const found: Span[] = [];
    const growing = [{ bytes, from: null }, ...views].map((view) => this.#findIn(view, surroundings, found));
    return {
      spans: merge(found),
      settled: surroundings.final ? bytes.length : outsideEscapes(Math.min(...growing), views),
    };
  }

  /** Appends what it finds in one view; returns from where on, in the original, something may still grow. */
  #findIn(view: View, surroundings: Surroundings, found: Span[]): number {
    let growing = Infinity;
    const open = this.#matcher.scan(view.bytes, (longest, end) => {
      for (let at = longest; at >= 0; at = this.#matcher.shorter(at)) {
        const pattern = this.#patterns[at];
        if (pattern === undefined || (pattern.wholeToken && view.from !== null)) {
          continue;
        }
        const start = end - pattern.bytes.length;
        const fits = fit(pattern, view.bytes, start, end, surroundings);
        if (fits.open) {
          growing = Math.min(growing, origin(view, start));
        }
        if (fits.end >= 0) {
          found.push({
            start: origin(view, start),
            end: origin(view, fits.end),
            replacement: pattern.replacement,
          });
          return;
        }
      }
    });
    return Math.min(growing, origin(view, view.bytes.length - open));
  }
}

/** Whether a pattern counts where it was seen: up to where it reaches (-1: not), and whether that may change. */
function fit(
  pattern: Pattern,
  bytes: Uint8Array,
  start: number,
  end: number,
  surroundings: Surroundings,
): { readonly end: number; readonly open: boolean } {
  const atEnd = end === bytes.length && !surroundings.final;
  if (pattern.wholeToken) {
    const before = start === 0 ? surroundings.before : (bytes[start - 1] ?? null);
    const token = !isTokenByte(before) && !isTokenByte(bytes[end] ?? null);
    return { end: token && !atEnd ? end : -1, open: atEnd && !isTokenByte(before) };
  }
  if (!pattern.openEnd) {
    return { end, open: false };
  }
  let reach = isBase64Byte(bytes[end]) ? end + 1 : end;
  for (let padding = 0; padding < 2 && bytes[reach] === 0x3d; padding += 1) {
    reach += 1;
  }
  return { end: reach, open: reach === bytes.length && reach < end + 3 && !surroundings.final };
}

function isTokenByte(byte: number | null): boolean {
  return byte !== null && (byte >= 0x80 || byte === 0x5f || isAlphanumeric(byte));
}

function isBase64Byte(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    (isAlphanumeric(byte) || byte === 0x2b || byte === 0x2f || byte === 0x2d || byte === 0x5f)
  );
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function merge(found: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push(span);
    } else if (span.end > last.end) {
      merged[merged.length - 1] = { ...last, end: span.end };
    }
  }
  return merged;
}

/** Moves a cut back until no view has an escape across it, so that both sides decode as the whole would. */
function outsideEscapes(settled: number, views: readonly View[]): number {
  const moved = views.reduce((cut, view) => borderBefore(view.from, cut), settled);
  return moved === settled ? settled : outsideEscapes(moved, views);
}

/** The last of the ascending `positions` that is not beyond `limit`. */
function borderBefore(positions: Uint32Array | null, limit: number): number {
  if (positions === null) {
    return limit;
  }
  let low = 0;
  let high = positions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((positions[middle] ?? 0) <= limit) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return Math.min(limit, positions[low] ?? 0);
}
