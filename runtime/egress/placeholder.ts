import { ForbiddenError, TooLargeError } from "#runtime/errors.ts";
import type { EgressSecret } from "./fetch.ts";
import { hostOf, matchesHost } from "./policy.ts";

/** How a value is spelled where it is put. */
export type Encode = (value: string, name: string) => string;

/** Puts the secrets of one request in the place of their placeholders. */
export interface Filler {
  /** The text with every placeholder replaced; the very same string when there is none. */
  fill(text: string, encode: Encode): string;
  holds(text: string): boolean;
  /** How much of a text is complete: what follows may be the beginning of a placeholder that goes on later. */
  settled(text: string): number;
  /** A shorter text holds no placeholder. */
  readonly shortest: number;
  /** Whether a value is spelled otherwise inside JSON or XML, so that it matters what surrounds a placeholder. */
  readonly fragile: boolean;
}

/**
 * Fills requests to one URL. All placeholders are sought in one pass, so that a value that looks like a placeholder
 * is not filled in turn.
 *
 * `fill` throws ForbiddenError `TENON_SECRET_HOST` for a secret that is not bound to the URL's host, and
 * TooLargeError when the values together are longer than `limit` characters: a small request may name a long value
 * any number of times.
 */
export function createFiller(url: URL, secrets: readonly EgressSecret[], limit: number): Filler {
  if (secrets.length === 0) {
    return NOTHING;
  }
  const byPlaceholder = new Map(secrets.map((secret) => [secret.placeholder, secret]));
  const longestFirst = [...byPlaceholder.keys()].toSorted((a, b) => b.length - a.length);
  const any = new RegExp(longestFirst.map((placeholder) => RegExp.escape(placeholder)).join("|"));
  const every = new RegExp(any, "g");
  let left = limit;
  const filled = (placeholder: string, encode: Encode): string => {
    const secret = byPlaceholder.get(placeholder);
    if (secret === undefined) {
      return placeholder;
    }
    requireBinding(secret, url);
    const text = encode(secret.value, secret.name);
    left -= text.length;
    if (left < 0) {
      throw new TooLargeError(
        `The secrets in the request to ${hostOf(url)} come to more than ${String(limit)} characters, the limit of a body.`,
      );
    }
    return text;
  };
  return {
    fill: (text, encode) => text.replace(every, (placeholder) => filled(placeholder, encode)),
    holds: (text) => any.test(text),
    settled: (text) => settledLength(text, every, longestFirst),
    shortest: longestFirst.at(-1)?.length ?? 0,
    fragile: secrets.some(({ value }) => FRAGILE.test(value)),
  };
}

const NOTHING: Filler = {
  fill: (text) => text,
  holds: () => false,
  settled: (text) => text.length,
  shortest: Infinity,
  fragile: false,
};

// oxlint-disable-next-line no-control-regex -- what JSON or XML escapes
const FRAGILE = /[\0-\x1f"'&<>\\]/;

function settledLength(text: string, pattern: RegExp, placeholders: readonly string[]): number {
  const longest = placeholders[0]?.length ?? 0;
  let complete = 0;
  for (const match of text.matchAll(pattern)) {
    // One that is the beginning of another one, at the very end.
    if (text.length - match.index < longest && begins(text.slice(match.index), placeholders)) {
      return match.index;
    }
    complete = match.index + match[0].length;
  }
  for (let at = Math.max(complete, text.length - longest + 1); at < text.length; at += 1) {
    if (begins(text.slice(at), placeholders)) {
      return at;
    }
  }
  return text.length;
}

function begins(end: string, placeholders: readonly string[]): boolean {
  return placeholders.some((placeholder) => placeholder.length > end.length && placeholder.startsWith(end));
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
