import { isUtf8 } from "node:buffer";
import { InvalidError } from "#runtime/errors.ts";

type Header = readonly [string, string];

/**
 * Headers that describe the connection or the framing, which are ours alone (Fetch §2.2.2, less what only a
 * browser has to protect: cookies, origin and referrer are the author's own here). Dropped, as Fetch does.
 */
const FORBIDDEN = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
]);

const DEFAULTS: readonly Header[] = [
  ["accept", "*/*"],
  ["user-agent", "Tenon"],
];

/** The headers of a first request: forbidden ones dropped, upgrades and malformed ones refused, defaults added. */
export function requestHeaders(given: readonly Header[]): readonly Header[] {
  const kept = given
    .map(([name, value]): Header => [name.toLowerCase(), value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "")])
    .filter(([name]) => !FORBIDDEN.has(name));
  for (const [name, value] of kept) {
    refuseMalformed(name, value);
    refuseUpgrade(name);
  }
  const names = new Set(kept.map(([name]) => name));
  return [...kept, ...DEFAULTS.filter(([name]) => !names.has(name))];
}

/** Headers that carry who we are: they never follow a redirect to another origin (Fetch §4.4, step 13). */
const CREDENTIALS = new Set(["authorization", "cookie", "proxy-authorization"]);
/** Headers that describe a body: gone when a redirect drops it (Fetch §4.4, step 12). */
const BODY_HEADERS = new Set(["content-encoding", "content-language", "content-location", "content-type"]);

export function withoutCredentials(headers: readonly Header[]): readonly Header[] {
  return headers.filter(([name]) => !CREDENTIALS.has(name));
}

export function withoutBodyHeaders(headers: readonly Header[]): readonly Header[] {
  return headers.filter(([name]) => !BODY_HEADERS.has(name));
}

/** Response headers as undici gives them (name, value, name, value…), as pairs. */
export function responseHeaders(raw: readonly (Buffer | string)[]): readonly Header[] {
  const text = raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  return text.flatMap((name, at): Header[] =>
    at % 2 === 0 ? [[name.toLowerCase(), text[at + 1] ?? ""]] : [],
  );
}

/** The value of a header, several joined as one list; null when it is absent. */
export function headerOf(headers: readonly Header[], wanted: string): string | null {
  const values = headers.filter(([name]) => name === wanted).map(([, value]) => value);
  return values.length === 0 ? null : values.join(", ");
}

/** A header's value with its bytes read as UTF-8, where they are: many servers write it, RFC 9110 §5.5 allows neither. */
export function utf8(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}

function refuseUpgrade(name: string): void {
  if (name === "upgrade" || name.startsWith("sec-websocket-")) {
    throw new InvalidError(
      `The request header ${name} asks for a WebSocket or another protocol, which cannot be spoken here: send plain HTTP requests, or let the service call a webhook.`,
      { code: "TENON_FETCH_INVALID" },
    );
  }
}

function refuseMalformed(name: string, value: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
    throw new InvalidError("A request header has a name that HTTP does not allow.", {
      code: "TENON_FETCH_INVALID",
    });
  }
  // oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5, and Latin-1 as Fetch's ByteString
  if (/[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/.test(value)) {
    throw new InvalidError(
      `The request header ${name} holds a line break, a control character or a character beyond Latin-1.`,
      { code: "TENON_FETCH_INVALID" },
    );
  }
}
