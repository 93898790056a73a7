import type { Action, HttpAction } from "./action.ts";
import { duplicates } from "./duplicates.ts";
import { placesOf } from "./places.ts";
import type { DefinitionIssue } from "./parse.ts";
import { inputShape, schemaIssues } from "./check-schemas.ts";
import type { InputShape } from "./check-schemas.ts";
import type { PatternCheck } from "./pattern-problem.ts";
import type { Connector } from "./schema.ts";

/** What is wrong with actions and events. */
export function actionIssues(connector: Connector, patterns: PatternCheck): DefinitionIssue[] {
  return [
    ...duplicates(connector.actions, "actions", "slug"),
    ...duplicates(connector.events, "events", "slug"),
    ...connector.actions.flatMap((action, position) =>
      oneActionIssues(action, `actions.${String(position)}`, patterns),
    ),
    ...connector.events.flatMap((event, position) => [
      ...schemaIssues(event.payload, `events.${String(position)}.payload`, patterns),
      ...(event.match !== undefined && event.match.header === undefined && event.match.path === undefined
        ? [
            {
              path: `events.${String(position)}.match`,
              message: "says what, but not where; add header or path",
            },
          ]
        : []),
    ]),
  ];
}

function oneActionIssues(action: Action, place: string, patterns: PatternCheck): DefinitionIssue[] {
  const wrongSchemas = [
    ...schemaIssues(action.input, `${place}.input`, patterns),
    ...schemaIssues(action.output, `${place}.output`, patterns),
  ];
  const shape = inputShape(action.input);
  if (wrongSchemas.length > 0 || action.http === undefined) {
    return wrongSchemas;
  }
  if (shape === "no object") {
    return [{ path: `${place}.input`, message: 'must be the schema of an object: { "type": "object", … }' }];
  }
  return [
    ...pathIssues(action.http, shape, `${place}.input`, `${place}.http.path`),
    ...paramIssues(action.http, shape, `${place}.http`),
    ...bodyIssues(action.http, `${place}.http`),
  ];
}

/** Each place of the path is a property of the input that is always there. */
function pathIssues(http: HttpAction, shape: InputShape, input: string, path: string): DefinitionIssue[] {
  if (/[{}]/.test(http.path.replace(/\{[^{}]+\}/g, ""))) {
    return [{ path, message: "has a { or } that belongs to no place such as {contactId}" }];
  }
  return pathPlaces(http).flatMap((place) => {
    const name = propertyOf(http, place);
    if (shape.properties !== "any" && !shape.properties.has(name)) {
      return [
        { path, message: `names {${place}}, which is no property of the input; add it to input.properties` },
      ];
    }
    return shape.properties === "any" || shape.always.has(name)
      ? []
      : [{ path: `${input}.required`, message: `lacks "${name}", without which the path has a gap` }];
  });
}

/** The places of an action's path; they may be any text, as OpenAPI documents have them. */
export function pathPlaces(http: HttpAction): string[] {
  return [...http.path.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
}

/** The input's property that fills a place of the path: the one that says so, or the one of its name. */
function propertyOf(http: HttpAction, place: string): string {
  return (
    Object.entries(http.params).find(([, param]) => param.in === "path" && param.as === place)?.[0] ?? place
  );
}

function paramIssues(http: HttpAction, shape: InputShape, place: string): DefinitionIssue[] {
  const places = new Set(pathPlaces(http));
  return Object.entries(http.params).flatMap(([name, param]) => {
    const path = `${place}.params.${name}`;
    if (shape.properties !== "any" && !shape.properties.has(name)) {
      return [{ path, message: "is no property of the input; add it to input.properties" }];
    }
    if (param.in === "path" && !places.has(param.as ?? name)) {
      return [{ path, message: `goes into the path, which has no {${param.as ?? name}}` }];
    }
    return bodyless(http) && (param.in === "body" || param.in === "body-root")
      ? [{ path, message: `goes into the body, but a ${http.method} with body none has none` }]
      : [];
  });
}

function bodyless(http: HttpAction): boolean {
  return http.method === "GET" || http.method === "HEAD" || http.body === "none";
}

function bodyIssues(http: HttpAction, place: string): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [];
  const roots = Object.entries(http.params).filter(([, param]) => param.in === "body-root");
  if (roots.length > 1) {
    issues.push({
      path: `${place}.params.${roots[1]?.[0] ?? ""}`,
      message: "is a second body-root; a request has one body",
    });
  }
  if (Object.keys(http.fixed).length > 0 && (bodyless(http) || http.body === "text")) {
    issues.push({
      path: `${place}.fixed`,
      message: "needs a body of parts: json, form or multipart, and a method that sends it",
    });
  }
  if (http.wrap !== undefined && (bodyless(http) || http.body !== "json")) {
    issues.push({ path: `${place}.wrap`, message: "needs a JSON body and a method that sends it" });
  }
  if (http.pagination?.type === "cursor" && http.pagination.in === "body" && bodyless(http)) {
    issues.push({
      path: `${place}.pagination.in`,
      message: `must be query, because a ${http.method} sends no body`,
    });
  }
  if (placesOf(http.path).length === 0 && http.path.includes("//")) {
    issues.push({ path: `${place}.path`, message: "has an empty segment (//)" });
  }
  return issues;
}
