import type { AuthMethod, AuthMethodOf } from "./auth.ts";
import { knownPlaces, placeProblems } from "./places.ts";
import type { Moment } from "./places.ts";
import type { DefinitionIssue } from "./parse.ts";
import type { Connector } from "./schema.ts";

/** A template, where it stands, and when it is filled. */
interface Placed {
  readonly path: string;
  readonly template: string;
  readonly moment: Moment;
}

/** Places that nothing fills. A template of the connector itself must work with each of its methods. */
export function templateIssues(connector: Connector): DefinitionIssue[] {
  const own = connector.auth.flatMap((method, position) =>
    issuesOf(connector, method, methodTemplates(method, `auth.${String(position)}`)),
  );
  const shared = connector.auth.flatMap((method) =>
    issuesOf(connector, method, sharedTemplates(connector, method)).map((issue) =>
      connector.auth.length === 1
        ? issue
        : { ...issue, message: `${issue.message} (with the auth method "${method.id}")` },
    ),
  );
  return [...own, ...shared];
}

function issuesOf(connector: Connector, method: AuthMethod, placed: readonly Placed[]): DefinitionIssue[] {
  return placed.flatMap(({ path, template, moment }) =>
    placeProblems(template, knownPlaces(connector, method, moment)).map((message) => ({ path, message })),
  );
}

/** The templates of the connector that a connection of this method fills. */
function sharedTemplates(connector: Connector, method: AuthMethod): Placed[] {
  const { verification } = connector;
  return [
    ...(method.baseUrl === undefined ? [at("baseUrl", connector.baseUrl)] : []),
    ...record("headers", connector.headers),
    ...(verification === undefined
      ? []
      : [
          at("verification.path", verification.path),
          ...record("verification.headers", verification.headers),
          ...optional("verification.baseUrl", verification.baseUrl),
          ...optional("verification.account.id", verification.account?.id, "account"),
          ...optional("verification.account.name", verification.account?.name, "account"),
        ]),
    ...connector.actions.flatMap(({ http }, position) => [
      ...optional(`actions.${String(position)}.http.baseUrl`, http?.baseUrl),
      ...record(`actions.${String(position)}.http.headers`, http?.headers ?? {}),
    ]),
  ];
}

function methodTemplates(method: AuthMethod, place: string): Placed[] {
  return [
    ...optional(`${place}.baseUrl`, method.baseUrl),
    ...record(`${place}.carry.headers`, method.carry?.headers ?? {}),
    ...record(`${place}.carry.query`, method.carry?.query ?? {}),
    ...credentialTemplates(method, place),
  ];
}

function credentialTemplates(method: AuthMethod, place: string): Placed[] {
  switch (method.type) {
    case "basic":
      return [at(`${place}.username`, method.username), at(`${place}.password`, method.password)];
    case "bearer":
      return [at(`${place}.token`, method.token)];
    case "api-key":
      return [at(`${place}.value`, method.value)];
    case "oauth2":
      return oauthTemplates(method, place);
    case "none":
    case "custom":
    default:
      return [];
  }
}

function oauthTemplates(method: AuthMethodOf<"oauth2">, place: string): Placed[] {
  const { refresh, request, lookup } = method;
  return [
    ...optional(`${place}.authorizeUrl`, method.authorizeUrl, "authorize"),
    ...record(`${place}.authorizeParams`, method.authorizeParams, "authorize"),
    at(`${place}.tokenUrl`, method.tokenUrl, "token"),
    ...record(`${place}.request.headers`, request.headers, "token"),
    ...record(`${place}.request.params`, request.params, "token"),
    ...optional(`${place}.refresh.url`, refresh.url),
    ...record(`${place}.refresh.request.headers`, refresh.request?.headers ?? {}),
    ...record(`${place}.refresh.request.params`, refresh.request?.params ?? {}),
    ...record(`${place}.revokeRequest.headers`, method.revokeRequest?.headers ?? {}),
    ...record(`${place}.revokeRequest.params`, method.revokeRequest?.params ?? {}),
    ...optional(`${place}.revokeUrl`, method.revokeUrl),
    ...optional(`${place}.introspectUrl`, method.introspectUrl),
    ...optional(`${place}.lookup.url`, lookup?.url),
    ...record(`${place}.lookup.headers`, lookup?.headers ?? {}),
  ];
}

function at(path: string, template: string, moment: Moment = "request"): Placed {
  return { path, template, moment };
}

function optional(path: string, template: string | undefined, moment: Moment = "request"): Placed[] {
  return template === undefined ? [] : [at(path, template, moment)];
}

function record(
  path: string,
  templates: Readonly<Record<string, string>>,
  moment: Moment = "request",
): Placed[] {
  return Object.entries(templates).map(([name, template]) => at(`${path}.${name}`, template, moment));
}
