import { InvalidError } from "#runtime/errors.ts";
import type { EgressSecret } from "./fetch.ts";
import { fillBody, fillStream, isStream } from "./fill-body.ts";
import type { RequestBody } from "./fill-body.ts";
import { fillHeader } from "./fill-header.ts";
import { hostOf } from "./policy.ts";
import { createFiller } from "./placeholder.ts";
import type { Filler } from "./placeholder.ts";

/** A request with placeholders in it, or, after `substitute`, with the real values. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: RequestBody | null;
}

/** What goes on the wire: `path` is the request target, already encoded. */
export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: RequestBody | null;
}

/**
 * Puts the secrets' values where a request holds their placeholders: in the path and query (percent-encoded),
 * in header values, inside `Basic` credentials, and in the body (see `fillText`).
 *
 * @throws ForbiddenError `TENON_SECRET_HOST` when a placeholder stands in a request to a host that its secret is
 * not bound to; TooLargeError when the values together are longer than `limit` characters. Nothing has left then,
 * unless the placeholder stands in a stream: then the request breaks off before it.
 */
export function substitute(hop: Hop, secrets: readonly EgressSecret[], limit: number): WireRequest {
  const filler = createFiller(hop.url, secrets, limit);
  const type = hop.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return {
    origin: hop.url.origin,
    path: fillPath(hop.url, filler) + filler.fill(hop.url.search, encodeURIComponent),
    method: hop.method,
    headers: hop.headers.map(([name, value]) => [name, fillHeader(name, value, filler)]),
    body: isStream(hop.body)
      ? fillStream(hop.body, type, filler, limit)
      : hop.body && fillBody(hop.body, type, filler),
  };
}

function fillPath(url: URL, filler: Filler): string {
  const path = filler.fill(url.pathname, encodePath);
  // The URL parser left no such segment: a value brought it.
  if (path.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new InvalidError(
      `A secret in the path of the request to ${hostOf(url)} makes a segment "." or "..", which would lead elsewhere. Nothing was sent.`,
      { code: "TENON_FETCH_INVALID" },
    );
  }
  return path;
}

// RFC 3986 §3.3: what a path segment may hold unencoded, and the slash, as in webhook URLs kept as one secret.
function encodePath(value: string): string {
  return encodeURIComponent(value).replace(/%(?:2F|3A|40|24|26|2B|2C|3B|3D)/g, (escape) =>
    decodeURIComponent(escape),
  );
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
