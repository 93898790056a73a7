import { blobAccess, File } from "./blob.guest.ts";
import { utf8Decode, utf8Encode } from "./bytes.guest.ts";
import { TextDecoder } from "./encoding.guest.ts";
import { FormData, formEntries, type FormEntry } from "./form-data.guest.ts";
import { lazy } from "./lazy.guest.ts";
import { parseQuoted } from "./mime.guest.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A form as multipart/form-data (HTML, section 4.10.21.8), and the boundary between its parts. */
export function writeMultipart(form: FormData): { readonly bytes: Bytes; readonly boundary: string } {
  const boundary = `----formdata-${lazy.random().crypto.randomUUID().replaceAll("-", "")}`;
  const pieces = (formEntries(form) ?? []).flatMap(([name, value]) => {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(lines(name))}"`;
    return typeof value === "string"
      ? [utf8Encode(`${disposition}\r\n\r\n${lines(value)}\r\n`)]
      : [
          utf8Encode(
            `${disposition}; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`,
          ),
          blobAccess.bytesOf(value),
          utf8Encode("\r\n"),
        ];
  });
  return { bytes: joined([...pieces, utf8Encode(`--${boundary}--\r\n`)]), boundary };
}

function lines(text: string): string {
  return text.replace(/\r\n?|\n/g, "\r\n");
}

function escaped(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Parses multipart/form-data (RFC 7578). */
export function readMultipart(bytes: Bytes, boundary: string): FormData {
  const form = new FormData();
  const delimiter = utf8Encode(`--${boundary}`);
  const between = utf8Encode(`\r\n--${boundary}`);
  let at = skipLines(bytes, 0);
  for (;;) {
    if (!startsWith(bytes, delimiter, at)) {
      throw malformed("a boundary is missing");
    }
    at += delimiter.length;
    if (startsWith(bytes, DASHES, at)) {
      return form;
    }
    const head = indexOf(bytes, EMPTY_LINE, at);
    // The line break of the last header is half of the empty line; without headers it is the boundary's own.
    if (!startsWith(bytes, LINE, at) || head < 0) {
      throw malformed("the headers of a part do not end");
    }
    const part = readHead(utf8Decode(bytes.subarray(at + 2, head)));
    const start = head + EMPTY_LINE.length;
    const end = indexOf(bytes, between, start);
    if (end < 0) {
      throw malformed("a part does not end");
    }
    form.append(...entryOf(part, bytes.slice(start, end)));
    at = end + 2;
  }
}

const DASHES = utf8Encode("--");
const LINE = utf8Encode("\r\n");
const EMPTY_LINE = utf8Encode("\r\n\r\n");

interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly type: string;
}

function entryOf({ name, filename, type }: Part, body: Bytes): FormEntry {
  return filename === null
    ? [name, new TextDecoder("utf-8", { ignoreBOM: true }).decode(body)]
    : [name, new File([body], filename, { type })];
}

function readHead(text: string): Part {
  const headers = new Map(
    text.split("\r\n").map((line): [string, string] => {
      const colon = line.indexOf(":");
      if (colon < 1) {
        throw malformed("a header of a part has no name");
      }
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const disposition = headers.get("content-disposition") ?? "";
  const name = quotedParameter(disposition, "name");
  if (!/^form-data\s*;/i.test(disposition) || name === null) {
    throw malformed("a part has no name");
  }
  return {
    name,
    filename: extendedName(disposition) ?? quotedParameter(disposition, "filename"),
    type: headers.get("content-type") ?? "text/plain",
  };
}

function quotedParameter(header: string, wanted: string): string | null {
  const found = new RegExp(`;\\s*${wanted}=("|[^\\s;"]+)`, "i").exec(header);
  if (found === null) {
    return null;
  }
  const value = found[1] === '"' ? quotedName(header, found.index + found[0].length) : (found[1] ?? "");
  return value.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%22", '"');
}

/** Clients that escape by percent leave backslashes as they are, as in the names of files on Windows. */
function quotedName(header: string, start: number): string {
  const plain = header.indexOf('"', start);
  return header[plain - 1] === "\\" ? parseQuoted(header, start).value : header.slice(start, plain);
}

/** RFC 8187. */
function extendedName(header: string): string | null {
  const encoded = /;\s*filename\*=utf-8''([^\s;]+)/i.exec(header)?.[1];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

function skipLines(bytes: Bytes, from: number): number {
  let at = from;
  while (startsWith(bytes, LINE, at)) {
    at += 2;
  }
  return at;
}

function startsWith(bytes: Bytes, part: Bytes, at: number): boolean {
  return part.every((byte, index) => bytes[at + index] === byte);
}

function indexOf(bytes: Bytes, part: Bytes, from: number): number {
  const [first = 0] = part;
  let at = bytes.indexOf(first, from);
  while (at >= 0 && !startsWith(bytes, part, at)) {
    at = bytes.indexOf(first, at + 1);
  }
  return at;
}

function malformed(why: string): TypeError {
  return new TypeError(`The body is not a form as its type says: ${why}.`);
}
