import { targetUrl } from "#runtime/egress/request.ts";
import { InvalidError } from "#runtime/errors.ts";
import type { Authorization } from "#runtime/oauth/access.ts";
import type { Connector } from "#sdk/connector/schema.ts";

type Header = readonly [string, string];

/**
 * Where a request of guest code goes: a path is put below the base URL as it is, an absolute URL stays. What a URL
 * parser would read as another host or as a way up is refused; that the host is the connector's is checked when it
 * is sent.
 *
 * @throws InvalidError `TENON_CONNECTION_TARGET`
 */
export function targetOf(given: string, baseUrl: string, alias: string): URL {
  const [path = ""] = given.split(/[?#]/);
  // oxlint-disable-next-line no-control-regex -- what the URL parser drops, or reads as a slash
  if (/[\0-\x1f\x7f\\]/.test(given)) {
    throw refused(alias, "holds a backslash or a control character; percent-encode it");
  }
  if (/^https?:\/\//i.test(given)) {
    return targetUrl(given);
  }
  if (!path.startsWith("/") || path.startsWith("//")) {
    throw refused(alias, 'is neither a path that begins with one "/", nor an absolute URL');
  }
  if (path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw refused(alias, 'has a segment "." or "..", which would lead out of the connector\'s base URL');
  }
  return targetUrl(baseUrl + given);
}

function refused(alias: string, why: string): InvalidError {
  return new InvalidError(`The path of a request with the connection "${alias}" ${why}.`, {
    code: "TENON_CONNECTION_TARGET",
  });
}

/** Names of the headers and query parameters that are the credential's own, headers in lower case. */
export interface CredentialNames {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
}

/** What guest code may not set: all that a request carries, but fixed headers of the connector that hold no place. */
export function credentialNames({ headers, query }: Authorization, connector: Connector): CredentialNames {
  const fixed = new Map(
    Object.entries(connector.headers)
      .filter(([, value]) => !value.includes("{"))
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  const own = headers.filter(([name, value]) => fixed.get(name.toLowerCase()) !== value);
  return {
    headers: new Set(own.map(([name]) => name.toLowerCase())),
    query: new Set(query.map(([name]) => name)),
  };
}

/** The headers of a request: the credential's own win, the connector's fixed ones give way. */
export function mergeHeaders(
  given: readonly Header[],
  { headers }: Authorization,
  names: CredentialNames,
): readonly Header[] {
  const kept = given.filter(([name]) => !names.headers.has(name.trim().toLowerCase()));
  const set = new Set(kept.map(([name]) => name.trim().toLowerCase()));
  return [...kept, ...headers.filter(([name]) => !set.has(name.toLowerCase()))];
}

/** The URL with the credential's own query parameters; others of these names are taken away, the rest stays as written. */
export function mergeQuery(url: URL, { query }: Authorization): URL {
  if (query.length === 0) {
    return url;
  }
  const names = new Set(query.map(([name]) => name.toLowerCase()));
  const kept = url.search
    .slice(1)
    .split("&")
    .filter(
      (part) =>
        part !== "" && ![...new URLSearchParams(part).keys()].some((name) => names.has(name.toLowerCase())),
    );
  // Placeholders are letters, digits and _: encoding leaves them as they are.
  const own = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const merged = new URL(url);
  merged.search = `?${[...kept, ...own].join("&")}`;
  return merged;
}
