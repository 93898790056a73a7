import { ForbiddenError, InvalidError, TooLargeError } from "#runtime/errors.ts";
import type { EgressSecret } from "./fetch.ts";
import { hostOf, matchesHost } from "./policy.ts";

/** A request with placeholders in it, or, after `substitute`, with the real values. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** What goes on the wire: `path` is the request target, already encoded. */
export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/**
 * Puts the secrets' values where a request holds their placeholders: in the path and query (percent-encoded),
 * in header values, inside `Basic` credentials, and in the body (JSON-escaped, form-encoded or raw, by its
 * content type).
 *
 * @throws ForbiddenError `TENON_SECRET_HOST` when a placeholder stands in a request to a host that its secret is
 * not bound to; TooLargeError when the values together are longer than `limit` characters, since a small request
 * may name a long value any number of times. Nothing has left then.
 */
export function substitute(hop: Hop, secrets: readonly EgressSecret[], limit: number): WireRequest {
  const fill = placeholderFiller(hop.url, secrets, limit);
  return {
    origin: hop.url.origin,
    path: fill(hop.url.pathname, encodePath) + fill(hop.url.search, encodeURIComponent),
    method: hop.method,
    headers: hop.headers.map(([name, value]) => [name, headerValue(name, value, fill)]),
    body: hop.body === null ? null : fillBody(hop.body, contentType(hop.headers), fill),
  };
}

/** Puts placeholders back where a redirect's target repeats a value that we sent, escaped or not. */
export function unsubstitute(url: string, secrets: readonly EgressSecret[]): string {
  return secrets
    .filter(({ value }) => value.length >= SHORTEST_ECHO && value.length <= url.length)
    .toSorted((a, b) => b.value.length - a.value.length)
    .reduce((rest, { value, placeholder }) => rest.replace(anySpelling(value), placeholder), url);
}

// A shorter value occurs in URLs by chance.
const SHORTEST_ECHO = 6;

/** A value in a URL: whichever of its characters are percent-encoded, in either case, and spaces also as `+`. */
function anySpelling(value: string): RegExp {
  const characters = Array.from(value, (character) => {
    const escaped = Array.from(
      Buffer.from(character),
      (byte) => `%${byte.toString(16).padStart(2, "0")}`,
    ).join("");
    const anyCase = escaped.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${RegExp.escape(character)}|${anyCase}${character === " " ? "|\\+" : ""})`;
  });
  return new RegExp(characters.join(""), "gu");
}

type Encode = (value: string, name: string) => string;
type Fill = (text: string, encode: Encode) => string;

/** One pass for all placeholders, so that a value that looks like a placeholder is not filled in turn. */
function placeholderFiller(url: URL, secrets: readonly EgressSecret[], limit: number): Fill {
  if (secrets.length === 0) {
    return (text) => text;
  }
  const byPlaceholder = new Map(secrets.map((secret) => [secret.placeholder, secret]));
  const longestFirst = [...byPlaceholder.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((placeholder) => RegExp.escape(placeholder)).join("|"), "g");
  let left = limit;
  return (text, encode) =>
    text.replace(pattern, (placeholder) => {
      const secret = byPlaceholder.get(placeholder);
      if (secret === undefined) {
        return placeholder;
      }
      requireBinding(secret, url);
      const filled = encode(secret.value, secret.name);
      left -= filled.length;
      if (left < 0) {
        throw new TooLargeError(
          `The secrets in the request to ${hostOf(url)} come to more than ${String(limit)} characters, the limit of a body.`,
        );
      }
      return filled;
    });
}

function requireBinding(secret: EgressSecret, url: URL): void {
  if (secret.hosts.some((pattern) => matchesHost(pattern, url))) {
    return;
  }
  const target = `${url.protocol}//${hostOf(url)}${url.port === "" ? "" : `:${url.port}`}`;
  const bound =
    secret.hosts.length === 0 ? "it is bound to no host" : `it is bound to ${secret.hosts.join(", ")}`;
  throw new ForbiddenError(
    `The secret ${secret.name} may not travel to ${target}: ${bound}. Bind it to that host, or leave it out of this request.`,
    "TENON_SECRET_HOST",
  );
}

// RFC 3986 §3.3: what a path segment may hold unencoded, and the slash, as in webhook URLs kept as one secret.
function encodePath(value: string): string {
  return encodeURIComponent(value).replace(/%(?:2F|3A|40|24|26|2B|2C|3B|3D)/g, (escape) =>
    decodeURIComponent(escape),
  );
}

function headerValue(name: string, value: string, fill: Fill): string {
  const basic = /^(\s*basic\s+)([A-Za-z0-9+/]+={0,2})\s*$/i.exec(value);
  if (basic?.[1] !== undefined && basic[2] !== undefined) {
    // Latin-1 carries every byte of the credentials through unchanged.
    const credentials = Buffer.from(basic[2], "base64").toString("latin1");
    const filled = fill(credentials, utf8AsLatin1);
    if (filled !== credentials) {
      return basic[1] + Buffer.from(filled, "latin1").toString("base64");
    }
  }
  return fill(value, (secret, secretName) => {
    // Fetch §2.2.2: a header value is normalized, so the newline at the end of a pasted key does no harm.
    const trimmed = secret.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
    // oxlint-disable-next-line no-control-regex -- exactly the bytes that no header value may hold
    if (/[\0\r\n]|[^\0-\xff]/.test(trimmed)) {
      throw new InvalidError(
        `The secret ${secretName} cannot be sent in the header ${name}: it holds a line break or a character beyond Latin-1.`,
        { code: "TENON_FETCH_INVALID" },
      );
    }
    return trimmed;
  });
}

function contentType(headers: Hop["headers"]): string {
  const value = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return value.replace(/;.*$/s, "").trim().toLowerCase();
}

function fillBody(body: Uint8Array, type: string, fill: Fill): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const filled = fill(text, bodyEncoding(type));
  return filled === text ? body : Buffer.from(filled, "latin1");
}

function bodyEncoding(type: string): Encode {
  if (type === "application/x-www-form-urlencoded") {
    return encodeURIComponent;
  }
  if (/[/+]json$/.test(type)) {
    return (value) => utf8AsLatin1(JSON.stringify(value).slice(1, -1));
  }
  return utf8AsLatin1;
}

function utf8AsLatin1(value: string): string {
  return Buffer.from(value).toString("latin1");
}
