import { InvalidError } from "#runtime/errors.ts";
import type { Filler } from "./placeholder.ts";

/** A header's value with the secrets in it, also inside `Basic` credentials (RFC 7617). */
export function fillHeader(name: string, value: string, filler: Filler): string {
  const basic = /^(\s*basic\s+)([A-Za-z0-9+/]+={0,2})\s*$/i.exec(value);
  if (basic?.[1] !== undefined && basic[2] !== undefined) {
    // Latin-1 carries every byte of the credentials through unchanged.
    const credentials = Buffer.from(basic[2], "base64").toString("latin1");
    const filled = filler.fill(credentials, utf8AsLatin1);
    if (filled !== credentials) {
      return basic[1] + Buffer.from(filled, "latin1").toString("base64");
    }
  }
  return filler.fill(value, (secret, secretName) => {
    const line = oneLine(secret, secretName, `the header ${name}`);
    if (/[^\0-\xff]/.test(line)) {
      throw unsendable(secretName, `the header ${name}`, "a character beyond Latin-1");
    }
    return line;
  });
}

/** A value without the newline that a pasted key has at its end. @throws InvalidError when it has another one. */
export function oneLine(value: string, secretName: string, where: string): string {
  // Fetch §2.2.2: a header value is normalized.
  const trimmed = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  // oxlint-disable-next-line no-control-regex -- exactly the bytes that no header value may hold
  if (/[\0\r\n]/.test(trimmed)) {
    throw unsendable(secretName, where, "a line break");
  }
  return trimmed;
}

/** Text as its UTF-8 bytes, each written as one character. */
export function utf8AsLatin1(value: string): string {
  return Buffer.from(value).toString("latin1");
}

function unsendable(secretName: string, where: string, what: string): InvalidError {
  return new InvalidError(`The secret ${secretName} cannot be sent in ${where}: it holds ${what}.`, {
    code: "TENON_FETCH_INVALID",
  });
}
