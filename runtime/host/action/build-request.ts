import { InvalidError } from "#runtime/errors.ts";
import { fill } from "#runtime/oauth/resolve.ts";
import type { Action, HttpAction } from "#sdk/connector/action.ts";
import { writeBody } from "./write-body.ts";
import { pathText, plainText, queryPairs, withQuery } from "./write-query.ts";

/** How one property of the input travels. */
export type Param = HttpAction["params"][string];

/** A property of the input on its way. */
export interface Part {
  /** Its name on the wire. */
  readonly name: string;
  readonly value: unknown;
  readonly param: Param | undefined;
}

/** A request as an action describes it: below a base URL, without a credential. */
export interface ActionRequest {
  /** Path and query. */
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

/**
 * Builds the request of an HTTP action from its input: each property goes where the definition says, or into the
 * path when it has its place, into the query for methods without a body, else into the body.
 *
 * @throws InvalidError `TENON_ACTION_INPUT` names what cannot be sent
 */
export function buildRequest(
  action: Action,
  http: HttpAction,
  given: {
    readonly input: Readonly<Record<string, unknown>>;
    readonly fields: Readonly<Record<string, string>>;
  },
): ActionRequest {
  const places = new Set(Array.from(http.path.matchAll(/\{([^{}]+)\}/g), ([, name]) => name ?? ""));
  const parts: Record<Param["in"], Part[]> = {
    path: [],
    query: [],
    "query-root": [],
    header: [],
    body: [],
    "body-root": [],
  };
  for (const [name, value] of Object.entries(given.input)) {
    const param = Object.hasOwn(http.params, name) ? http.params[name] : undefined;
    const where = param?.in ?? (places.has(name) ? "path" : BODILESS.has(http.method) ? "query" : "body");
    if (value !== undefined) {
      parts[where].push({ name: param?.as ?? name, value, param });
    }
  }
  const { body, type } =
    BODILESS.has(http.method) && parts.body.length + parts["body-root"].length === 0
      ? { body: null, type: null }
      : writeBody(http, parts.body, parts["body-root"][0]);
  const query = [
    ...Object.entries(http.query),
    ...parts.query.flatMap(queryPairs),
    ...parts["query-root"].flatMap((part) =>
      queryPairs({ ...part, param: { in: "query", object: "spread" } }),
    ),
  ];
  return {
    path: withQuery(pathOf(action, http, parts.path), query),
    method: http.method,
    headers: headersOf(http, parts.header, given.fields, type),
    body,
  };
}

function pathOf(action: Action, http: HttpAction, parts: readonly Part[]): string {
  const byName = new Map(parts.map((part) => [part.name, part]));
  return http.path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const part = byName.get(name);
    const text = part === undefined || part.value === null ? "" : plainText(part);
    const segments = part?.param?.segments === true ? text.split("/") : [text];
    if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
      throw new InvalidError(
        `The action "${action.slug}" does not take this input: input.${name}: must be a value that can stand in a path${text === "" ? ", and it is empty" : `, not "${text.slice(0, 50)}"`}.`,
        {
          code: "TENON_ACTION_INPUT",
          issues: [{ path: `input.${name}`, message: "cannot stand in a path" }],
        },
      );
    }
    return segments.map(pathText).join("/");
  });
}

function headersOf(
  http: HttpAction,
  parts: readonly Part[],
  fields: Readonly<Record<string, string>>,
  type: string | null,
): readonly (readonly [string, string])[] {
  const own = Object.entries(http.headers).map(
    ([name, value]) => [name, fill(value, { fields }, (text) => text)] as const,
  );
  const given = parts
    .filter(({ value }) => value !== null)
    .map((part) => [part.name, plainText(part)] as const);
  const set = new Set([...own, ...given].map(([name]) => name.toLowerCase()));
  const defaults = [
    ["accept", "application/json"],
    ...(type === null ? [] : [["content-type", type]]),
  ] as const as readonly (readonly [string, string])[];
  return [
    ...own,
    ...given,
    ...defaults.filter(
      ([name]) => !set.has(name) || (name === "content-type" && type?.startsWith("multipart/") === true),
    ),
  ];
}
