import type { Action } from "../connector/action.ts";
import type { AuthMethod } from "../connector/auth.ts";
import type { Connector } from "../connector/schema.ts";
import { placesOf } from "../connector/places.ts";
import type { FakeEndpoint } from "./behavior.ts";
import type { Desk } from "./desk.ts";
import { fillKnown, readPlaces } from "./places.ts";

/** An address of the definition. */
interface Route {
  readonly endpoint: FakeEndpoint;
  readonly url: string;
  readonly methods: readonly string[] | null;
  readonly action: Action | null;
}

/** Where a request arrived, and what stood in the places of the address that the provider does not know. */
export interface Arrival {
  readonly endpoint: FakeEndpoint;
  readonly action: Action | null;
  readonly places: Readonly<Record<string, string>>;
}

/** Every address of a definition, as templates. */
export function addressesOf(connector: Connector, method: AuthMethod): string[] {
  return routesOf(connector, method).map(({ url }) => url);
}

/** Finds what the definition has at an address. */
export function arrive(desk: Desk, method: string, url: URL): Arrival {
  const matches = routesOf(desk.connector, desk.method).flatMap((route) => {
    const places = route.methods?.includes(method) === false ? null : matchRoute(desk, route, url);
    return places === null ? [] : [{ route, places }];
  });
  // Of two addresses that fit, the one with fewer places says more: /contacts/search before /contacts/{contactId}.
  const [best] = matches.sort(
    (one, other) => rank(one.route) - rank(other.route) || countPlaces(one.route) - countPlaces(other.route),
  );
  return best === undefined
    ? { endpoint: "other", action: null, places: {} }
    : { endpoint: best.route.endpoint, action: best.route.action, places: best.places };
}

function routesOf(connector: Connector, method: AuthMethod): Route[] {
  const base = method.baseUrl ?? connector.baseUrl;
  const { verification } = connector;
  return [
    ...(method.type === "oauth2" ? oauthRoutes(method) : []),
    ...(verification === undefined
      ? []
      : [
          route("verification", join(verification.baseUrl ?? base, verification.path), [verification.method]),
        ]),
    ...connector.actions.flatMap((action) =>
      action.http === undefined
        ? []
        : [
            {
              ...route("action", join(action.http.baseUrl ?? base, action.http.path), [action.http.method]),
              action,
            },
          ],
    ),
    route("api", base, null),
  ];
}

function oauthRoutes(method: Extract<AuthMethod, { type: "oauth2" }>): Route[] {
  const { authorizeUrl, tokenUrl, revokeUrl, introspectUrl, lookup, refresh } = method;
  const urls: readonly (readonly [FakeEndpoint, string | undefined, readonly string[] | null])[] = [
    ["authorize", authorizeUrl, ["GET"]],
    ["token", tokenUrl, null],
    ["token", refresh.url, null],
    ["revoke", revokeUrl, null],
    ["introspect", introspectUrl, ["POST"]],
    ["lookup", lookup?.url, ["GET"]],
  ];
  return urls.flatMap(([endpoint, url, methods]) =>
    url === undefined ? [] : [route(endpoint, url, methods)],
  );
}

function route(endpoint: FakeEndpoint, url: string, methods: readonly string[] | null): Route {
  return { endpoint, url, methods, action: null };
}

function join(base: string, path: string): string {
  return `${base.replace(/\/$/, "")}${path}`;
}

function matchRoute(desk: Desk, route: Route, url: URL): Record<string, string> | null {
  const filled = fillUrl(desk, route.url);
  if (!filled.startsWith(desk.origin)) {
    return null;
  }
  const [path = "", query = ""] = filled.slice(desk.origin.length).replace(/#.*$/s, "").split("?", 2);
  const hasQuery = [...new URLSearchParams(query)].every(
    ([name, value]) => url.searchParams.get(name) === value,
  );
  if (!hasQuery) {
    return null;
  }
  if (route.endpoint !== "api") {
    return readPlaces(path === "" ? "/" : path, url.pathname, "[^/]+");
  }
  const below = readPlaces(`${path.replace(/\/$/, "")}/{below}`, `${url.pathname}/`, ".+?");
  return below === null ? null : {};
}

/** A place at the start of an address holds a whole address; elsewhere it is part of one. */
function fillUrl(desk: Desk, template: string): string {
  const [first] = placesOf(template);
  const start = first !== undefined && template.startsWith(`{${first}}`) ? (desk.known[first] ?? "") : "";
  const rest = start === "" ? template : template.slice(`{${first ?? ""}}`.length);
  return start + fillKnown(rest, desk.known, encodeURIComponent);
}

function rank({ endpoint }: Route): number {
  return endpoint === "api" ? 2 : endpoint === "action" ? 1 : 0;
}

function countPlaces({ url }: Route): number {
  return placesOf(url).length;
}
