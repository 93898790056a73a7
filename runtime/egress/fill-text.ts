import type { Encode, Filler } from "./placeholder.ts";

/** What a body is, as far as it matters to a value that is put into it. */
export type BodyKind = "form" | "json" | "xml" | "multipart" | "text" | "bytes";

/** What a content type (RFC 9110 §8.3) says of a body. */
export function bodyKind(contentType: string): BodyKind {
  const type = contentType.replace(/;.*$/s, "").trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    return "form";
  }
  // A sequence of JSON texts (RFC 7464, NDJSON) is JSON to whoever looks at its strings only.
  if (/[/+]json$|^application\/(x-)?(ndjson|json-?lines?|jsonl|json-seq)$/.test(type)) {
    return "json";
  }
  if (/[/+]xml$/.test(type)) {
    return "xml";
  }
  if (type.startsWith("multipart/")) {
    return "multipart";
  }
  return type === "" || type.startsWith("text/") ? "text" : "bytes";
}

const AS_IT_IS: Encode = (value) => value;

/** How a value is spelled in a body of that kind, nothing nested in it. */
export function encodeFor(kind: BodyKind): Encode {
  return ENCODES[kind] ?? AS_IT_IS;
}

const ENCODES: Readonly<Partial<Record<BodyKind, Encode>>> = {
  form: encodeURIComponent,
  json: escapeJson,
  xml: escapeXml,
};

/** JSON inside JSON, and no further: the redactor recognizes a value that is escaped so often in an echo. */
const MAX_DEPTH = 2;

/**
 * Fills a text so that it says what the author's own code would have made of it with the real values: JSON stays
 * JSON, also as a string inside JSON, as a field of a form, and where the content type says only that it is text.
 */
export function fillText(text: string, kind: BodyKind, filler: Filler, depth = 0): string {
  if (kind === "form") {
    return text
      .split("&")
      .map((field) => fillField(field, filler))
      .join("&");
  }
  if (kind === "xml") {
    return fillXml(text, filler);
  }
  return kind === "json" || (kind === "text" && depth < MAX_DEPTH && isJson(text))
    ? fillJson(text, filler, depth)
    : filler.fill(text, AS_IT_IS);
}

function fillJson(text: string, filler: Filler, depth: number): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of text.includes("\\") ? jsonStrings(text) : []) {
    const quoted = text.slice(start, end);
    const inner = quoted.includes("\\") && quoted.length > filler.shortest ? unescapeJson(quoted) : null;
    if (inner !== null && filler.holds(inner)) {
      const filled = fillText(inner, "text", filler, depth + 1);
      parts.push(filler.fill(text.slice(done, start), escapeJson), `"${escapeJson(filled)}"`);
      done = end;
    }
  }
  return parts.join("") + filler.fill(text.slice(done), escapeJson);
}

/** Where the strings of a JSON text are, quotes included. */
function* jsonStrings(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let start = text.indexOf('"'); start >= 0;) {
    let close = text.indexOf('"', start + 1);
    while (close >= 0 && isEscaped(text, close)) {
      close = text.indexOf('"', close + 1);
    }
    if (close < 0) {
      return;
    }
    yield { start, end: close + 1 };
    start = text.indexOf('"', close + 1);
  }
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === "\\") {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function unescapeJson(quoted: string): string | null {
  const value = parsed(quoted);
  return typeof value === "string" ? value : null;
}

function isJson(text: string): boolean {
  const trimmed = text.trim();
  const bracketed = `${trimmed.at(0) ?? ""}${trimmed.at(-1) ?? ""}`;
  return (bracketed === "{}" || bracketed === "[]") && parsed(trimmed) !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fillField(field: string, filler: Filler): string {
  if (!filler.holds(field)) {
    return field;
  }
  const at = field.indexOf("=") + 1;
  const value = new URLSearchParams(`v=${field.slice(at)}`).get("v") ?? "";
  return at > 0 && filler.holds(value) && isJson(value)
    ? field.slice(0, at) + encodeURIComponent(fillText(value, "json", filler, 1))
    : filler.fill(field, encodeURIComponent);
}

function escapeJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** XML 1.0 §2.7: what stands in a CDATA section is not escaped. */
function fillXml(text: string, filler: Filler): string {
  const parts: string[] = [];
  let done = 0;
  for (let open = text.indexOf(CDATA); open >= 0; open = text.indexOf(CDATA, done)) {
    const close = text.indexOf("]]>", open);
    const end = close < 0 ? text.length : close;
    parts.push(filler.fill(text.slice(done, open), escapeXml), filler.fill(text.slice(open, end), AS_IT_IS));
    done = end;
  }
  return parts.join("") + filler.fill(text.slice(done), escapeXml);
}

const CDATA = "<![CDATA[";
const XML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escapeXml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => XML_ESCAPES[character] ?? character);
}
