import { isUtf8 } from "node:buffer";
import { bodyKind, fillText } from "./fill-text.ts";
import type { BodyKind } from "./fill-text.ts";
import { oneLine, utf8AsLatin1 } from "./fill-header.ts";
import type { Filler } from "./placeholder.ts";

/**
 * Fills a multipart body (RFC 2046 §5.1, RFC 7578), given and returned as Latin-1 text of its bytes: each part by
 * its own content type, a form's plain field as text, a file without a type as bytes, and the headers of parts.
 */
export function fillMultipart(text: string, contentType: string, filler: Filler): string {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const delimiter = boundary?.[1] ?? boundary?.[2];
  if (delimiter === undefined) {
    return filler.fill(text, utf8AsLatin1);
  }
  const [preamble = "", ...parts] = `\r\n${text}`.split(`\r\n--${delimiter}`);
  return [filler.fill(preamble, utf8AsLatin1), ...parts.map((part) => fillPart(part, filler))]
    .join(`\r\n--${delimiter}`)
    .slice(2);
}

function fillPart(part: string, filler: Filler): string {
  const end = part.indexOf("\r\n\r\n");
  if (!filler.holds(part) && !part.includes("\\u")) {
    return part;
  }
  const head = end < 0 ? "" : part.slice(0, end);
  const body = end < 0 ? part : part.slice(end + 4);
  const filled = filler.fill(head, (value, name) =>
    // HTML §4.10.21.8: a quote in a name or file name is percent-encoded.
    utf8AsLatin1(oneLine(value, name, "the header of a part").replaceAll('"', "%22")),
  );
  return (end < 0 ? "" : `${filled}\r\n\r\n`) + fillBytes(body, kindOfPart(head), filler);
}

function kindOfPart(head: string): BodyKind {
  const type = /^content-type:(.*)$/im.exec(head)?.[1]?.trim();
  if (type !== undefined) {
    return bodyKind(type);
  }
  return /^content-disposition:.*;\s*filename\*?=/im.test(head) ? "bytes" : "text";
}

/** Fills the bytes of a body, given and returned as Latin-1 text, by its kind. */
export function fillBytes(latin1: string, kind: BodyKind, filler: Filler): string {
  const bytes = Buffer.from(latin1, "latin1");
  return kind === "bytes" || kind === "multipart" || !isUtf8(bytes)
    ? filler.fill(latin1, utf8AsLatin1)
    : utf8AsLatin1(fillText(bytes.toString("utf8"), kind, filler));
}
