/** A byte sequence that gives a value away. */
export interface Form {
  readonly bytes: Buffer;
  /** Counts only where letters and digits do not continue it on either side. */
  readonly wholeToken: boolean;
  /** Base64 whose next character still holds bits of the value, and may be followed by padding. */
  readonly openEnd: boolean;
}

/** Below this many characters a value is matched only as itself and as a whole token: too common otherwise. */
export const SHORT_VALUE = 6;

/**
 * The forms of one value that are sought literally. URL and JSON escapes of a text are undone in it (views.ts),
 * because every single character may or may not be escaped; but twice at most, and not inside base64.
 */
export function formsOf(value: string): Form[] {
  return [...spellingsOf(value)].flatMap((spelling) =>
    bytesOf(spelling).flatMap((bytes) => formsOfBytes(bytes, value.trim().length < SHORT_VALUE)),
  );
}

/** The value as it is, and as a request may have carried it (egress/fill-text.ts), which servers repeat. */
function spellingsOf(value: string): ReadonlySet<string> {
  // Whoever pastes a key with a newline at its end, sends and logs it without.
  const trimmed = value.trim();
  const plain = trimmed === "" ? [value] : [value, trimmed];
  const carried = plain.flatMap((text) => {
    const json = inJson(text);
    return [text, json, inJson(json), inUrl(text), inUrl(json), inXml(text), inQuotes(text)];
  });
  return new Set(carried.filter((text) => text !== ""));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As a header of a part in a multipart form has it. */
function inQuotes(text: string): string {
  return text.replaceAll('"', "%22");
}

/** A long one costs more to look for than it is worth: only inside base64 is it not found by undoing escapes. */
function inUrl(text: string): string {
  return text.length > LONG_VALUE ? text : encodeURIComponent(text.toWellFormed());
}

const LONG_VALUE = 512;

const XML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function inXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => XML_ESCAPES[character] ?? character);
}

/** UTF-8, and Latin-1 where that differs: it is how a value travels in a header, and may be echoed. */
function bytesOf(value: string): readonly Buffer[] {
  const utf8 = Buffer.from(value);
  // oxlint-disable-next-line no-control-regex -- all of Latin-1
  return /^[\0-\xff]*$/.test(value) && utf8.length > value.length
    ? [utf8, Buffer.from(value, "latin1")]
    : [utf8];
}

function formsOfBytes(bytes: Buffer, short: boolean): Form[] {
  if (short) {
    return [{ bytes, wholeToken: true, openEnd: false }];
  }
  const hex = bytes.toString("hex");
  const literal = [bytes, Buffer.from(hex), Buffer.from(hex.toUpperCase())];
  return [
    ...literal.map((form) => ({ bytes: form, wholeToken: false, openEnd: false })),
    ...base64Forms(bytes),
  ];
}

/**
 * Base64 of a text that holds the value anywhere: three alignments, less the characters that the neighbours
 * have a part in. What stays of the value outside is at most 4 bits of its first byte.
 */
function base64Forms(bytes: Buffer): Form[] {
  return [0, 2, 3].flatMap((foreign, alignment) => {
    const shifted = Buffer.concat([Buffer.alloc(alignment), bytes]);
    const determined = Math.floor((shifted.length * 8) / 6);
    const openEnd = (shifted.length * 8) % 6 !== 0;
    const standard = shifted.toString("base64").slice(foreign, determined);
    const forUrls = shifted.toString("base64url").slice(foreign, determined);
    return [...new Set([standard, forUrls])].map((text) => ({
      bytes: Buffer.from(text),
      wholeToken: false,
      openEnd,
    }));
  });
}
