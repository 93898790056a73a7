import { credentialType } from "./credential-type.ts";
import type { CredentialType } from "./credential-type.ts";
import { fieldsIssues } from "./check-fields.ts";
import { headerIssues } from "./check-requests.ts";
import { describeIssues } from "./describe-issue.ts";
import { DefinitionError } from "./parse.ts";
import type { DefinitionIssue } from "./parse.ts";
import { placeProblems, placesOf } from "./places.ts";

/** Checks a credential type, whoever wrote it, and fills in the defaults. @throws DefinitionError */
export function parseCredentialType(given: unknown): CredentialType {
  const parsed = credentialType.safeParse(given, { reportInput: true });
  const issues = parsed.success ? crossIssues(parsed.data) : describeIssues(parsed.error.issues);
  if (!parsed.success || issues.length > 0) {
    throw new DefinitionError(issues);
  }
  return parsed.data;
}

function crossIssues(type: CredentialType): DefinitionIssue[] {
  const { headers, query, basic } = type.carry ?? { headers: {}, query: {}, basic: undefined };
  const known = new Set(Object.keys(type.fields));
  const templates: (readonly [string, string])[] = [
    ...Object.entries(headers).map(([name, template]) => [`carry.headers.${name}`, template] as const),
    ...Object.entries(query).map(([name, template]) => [`carry.query.${name}`, template] as const),
    ...Object.entries(basic ?? {}).map(([name, template]) => [`carry.basic.${name}`, template] as const),
    ...type.hosts.map((host, position) => [`hosts.${String(position)}`, host] as const),
  ];
  return [
    ...(known.size === 0 ? [{ path: "fields", message: "is empty: say what a person fills in" }] : []),
    ...fieldsIssues(type.fields, "fields"),
    ...templates.flatMap(([path, template]) =>
      placeProblems(template, known).map((message) => ({ path, message })),
    ),
    ...headerIssues(headers, "carry.headers"),
    ...type.hosts.flatMap((host, position) => hostFormatIssues(type, host, `hosts.${String(position)}`)),
    ...(type.carry !== undefined && type.hosts.length === 0
      ? [
          {
            path: "hosts",
            message: "is empty, so that no request could carry it; list hosts, or a field that names one",
          },
        ]
      : []),
  ];
}

function hostFormatIssues(type: CredentialType, host: string, path: string): DefinitionIssue[] {
  return placesOf(host)
    .filter((place) => type.fields[place] !== undefined && type.fields[place].format === undefined)
    .map((place) => ({
      path,
      message: `has {${place}}, where any text could change whose host it is; give that field the format "label" or "hostname"`,
    }));
}
