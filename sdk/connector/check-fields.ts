import { fieldValueProblem } from "./field-value.ts";
import type { Field } from "./fields.ts";
import type { DefinitionIssue } from "./parse.ts";
import { PatternCheck } from "./pattern-problem.ts";
import type { Connector } from "./schema.ts";

/** Names that templates give another meaning. */
const RESERVED = new Set(["accessToken", "refreshToken", "app", "callback", "sets", "token_set"]);

/** What is wrong with the fields of a connector and of its auth methods. */
export function fieldIssues(connector: Connector, patterns: PatternCheck): DefinitionIssue[] {
  return [
    ...fieldsIssues(connector.fields, "fields", patterns),
    ...connector.auth.flatMap((method, position) => [
      ...fieldsIssues(method.fields ?? {}, `auth.${String(position)}.fields`, patterns),
      ...Object.keys(method.fields ?? {})
        .filter((name) => Object.hasOwn(connector.fields, name))
        .map((name) => ({
          path: `auth.${String(position)}.fields.${name}`,
          message: "is already a field of the connector, which every method asks for; rename or remove one",
        })),
    ]),
  ];
}

/** What is wrong with a set of fields: patterns, defaults, options. */
export function fieldsIssues(
  fields: Readonly<Record<string, Field>>,
  place: string,
  patterns = new PatternCheck(),
): DefinitionIssue[] {
  return Object.entries(fields).flatMap(([name, field]) => [
    ...(RESERVED.has(name)
      ? [{ path: `${place}.${name}`, message: "is a name that templates give another meaning; rename it" }]
      : []),
    ...oneFieldIssues(field, patterns).map(({ path, message }) => ({
      path: `${place}.${name}.${path}`,
      message,
    })),
  ]);
}

function oneFieldIssues(field: Field, patterns: PatternCheck): DefinitionIssue[] {
  const pattern = field.pattern === undefined ? null : patterns.problem(field.pattern);
  if (pattern !== null) {
    return [{ path: "pattern", message: pattern }];
  }
  const issues: DefinitionIssue[] = [];
  if (field.options?.length === 0) {
    issues.push({ path: "options", message: "is empty, so that no value could be taken; leave it out" });
  }
  if (field.default !== undefined) {
    const problem = fieldValueProblem(field, field.default);
    issues.push(...(problem === null ? [] : [{ path: "default", message: problem }]));
    if (field.secret) {
      issues.push({ path: "default", message: "must not stand in a secret field: everybody could read it" });
    }
  }
  if (field.format !== undefined && field.secret) {
    issues.push({ path: "secret", message: "must not be true for a part of a host, which is no secret" });
  }
  if (field.patternHint !== undefined && field.pattern === undefined) {
    issues.push({ path: "patternHint", message: "explains a pattern that is not there; add `pattern`" });
  }
  return issues;
}
