import { InvalidError } from "#runtime/errors.ts";
import { hostOf, matchesHost } from "#runtime/egress/policy.ts";
import type { Connector } from "#sdk/connector/schema.ts";
import type { Credential } from "./credential.ts";
import { fillHost, targetError } from "./resolve-host.ts";

/** What the places of a template stand for. */
export interface Places {
  /** Fields of the connection by name; secret ones are looked for in `credential.fields` too. */
  readonly fields: Readonly<Record<string, string>>;
  readonly credential?: Credential;
  readonly app?: { readonly clientId: string };
}

const PLACE = /\{([^{}]*)\}/g;

/**
 * Fills the places of a template (see `template` in the SDK) with encoded values.
 *
 * @throws InvalidError `TENON_CONNECTION_FIELD` names a place that has no value.
 */
export function fill(template: string, places: Places, encode: (value: string) => string): string {
  return template.replace(PLACE, (_, place: string) => {
    const value = valueAt(place, places);
    if (value === undefined) {
      throw missing(place);
    }
    return encode(value);
  });
}

/** The names of a template's places. */
export function placesOf(template: string): readonly string[] {
  return Array.from(template.matchAll(PLACE), ([, place]) => place ?? "");
}

/** What one place stands for; undefined: there is no such value. */
export function valueAt(place: string, places: Places): string | undefined {
  const [root = "", ...rest] = place.split(".");
  const { credential } = places;
  if (rest.length === 0) {
    const main = root === "accessToken" ? credential?.tokens["main"]?.accessToken : undefined;
    return main ?? own(places.fields, root) ?? own(credential?.fields, root);
  }
  const name = rest.join(".");
  switch (root) {
    case "callback":
      return own(credential?.callback, name);
    case "token":
      return own(credential?.token, name);
    case "sets":
      return rest.length === 2 && rest[1] === "accessToken"
        ? own(credential?.tokens, rest[0] ?? "")?.accessToken
        : undefined;
    case "app":
      return name === "clientId" ? places.app?.clientId : undefined;
    default:
      return undefined;
  }
}

/**
 * Where requests may go: the connector's host patterns, filled. A pattern whose value is not there (yet), such as a
 * kept part of a token response before there was one, allows nothing.
 *
 * @throws InvalidError `TENON_CONNECTION_TARGET` names a field whose value may not stand in a host.
 */
export function resolveHosts(connector: Connector, places: Places): readonly string[] {
  return connector.hosts
    .filter((pattern) => !placesOf(pattern).some(isKept) || ENDS_IN_DOMAIN.test(pattern))
    .filter((pattern) => placesOf(pattern).every((place) => valueAt(place, places) !== undefined))
    .map((pattern) => fillHost(connector, pattern, (place) => valueAt(place, places)));
}

// What a callback or a token response said may choose a server of the provider's domain, never the domain.
const ENDS_IN_DOMAIN = /\.[a-z0-9-]+\.[a-z0-9-]+(:\d+)?$/i;

/**
 * An address of the connector, filled, and proved to be one: it is on the connector's hosts, over HTTPS (plain HTTP
 * only towards localhost), without credentials in it. Values in the path and the query are percent-encoded.
 *
 * @throws InvalidError `TENON_CONNECTION_TARGET`, `TENON_CONNECTION_FIELD`
 */
export function resolveUrl(connector: Connector, template: string, places: Places): URL {
  const text = origin(connector, template, places) + fill(afterOrigin(template), places, encodeURIComponent);
  const [path = ""] = text.replace(/^[a-z]+:\/\/[^/?#]*/i, "").split(/[?#]/);
  if (path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw targetError(fieldsIn(template), "would leave the path that the connector names");
  }
  if (!URL.canParse(text)) {
    throw targetError(fieldsIn(template), "does not make an address");
  }
  const url = new URL(text);
  requireOwn(connector, url, template, places);
  return url;
}

function requireOwn(connector: Connector, url: URL, template: string, places: Places): void {
  if (url.username !== "" || url.password !== "") {
    throw targetError(fieldsIn(template), "would put credentials into the address");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && hostOf(url) === "localhost")) {
    throw targetError(fieldsIn(template), "does not lead to an https address");
  }
  if (!resolveHosts(connector, places).some((pattern) => matchesHost(pattern, url))) {
    throw targetError(
      fieldsIn(template),
      `leads to a host that the connector "${connector.slug}" does not name in its hosts`,
    );
  }
}

/** `https://host[:port]`, or what stands for it. */
function origin(connector: Connector, template: string, places: Places): string {
  const whole = wholeOrigin(template);
  if (whole === null) {
    const [, scheme = "", host = ""] = ORIGIN.exec(template) ?? [];
    return scheme + fillHost(connector, host, (place) => valueAt(place, places) ?? unfilled(place));
  }
  const value = valueAt(whole, places) ?? unfilled(whole);
  if (!isKept(whole)) {
    return `https://${fillHost(connector, `{${whole}}`, () => value)}`;
  }
  // Providers tell their base as a URL or as a bare host, with or without a slash at its end.
  const text = /^https?:\/\//i.test(value) ? value : `https://${value}`;
  // oxlint-disable-next-line no-control-regex -- exactly what the URL parser would drop silently
  if (/[\0-\x20\x7f-\uffff\\@?#]/.test(text) || !URL.canParse(text)) {
    throw targetError([whole], "is not the address of a server");
  }
  return text.replace(/\/+$/, "");
}

const ORIGIN = /^([a-z]+:\/\/)([^/?#]*)/i;
const WHOLE = /^\{([^{}]*)\}(?=[/?#]|$)/;

/** The place that stands for the whole origin of an address, as in `{token.instance_url}/services`. */
function wholeOrigin(template: string): string | null {
  return WHOLE.exec(template)?.[1] ?? null;
}

function afterOrigin(template: string): string {
  return template.replace(wholeOrigin(template) === null ? ORIGIN : WHOLE, "");
}

function isKept(place: string): boolean {
  return place.startsWith("callback.") || place.startsWith("token.");
}

function fieldsIn(template: string): readonly string[] {
  return placesOf(template);
}

function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function unfilled(place: string): never {
  throw missing(place);
}

function missing(place: string): InvalidError {
  return new InvalidError(
    `The connection has no value for "${place}", which its connector needs here. Set that field, or connect the account again.`,
    { code: "TENON_CONNECTION_FIELD", issues: [{ path: place, message: "is missing" }] },
  );
}
