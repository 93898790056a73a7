import type { z } from "zod";
import type { DefinitionIssue } from "./parse.ts";

type Issue = z.core.$ZodIssue;

/** An issue of the schema as people read it: where, and what to do; a choice by its closest alternative. */
export function describeIssues(
  issues: readonly Issue[],
  within: readonly PropertyKey[] = [],
): DefinitionIssue[] {
  return issues.flatMap((issue) => describeIssue(issue, [...within, ...issue.path]));
}

function describeIssue(issue: Issue, path: readonly PropertyKey[]): DefinitionIssue[] {
  const at = (message: string, more: readonly PropertyKey[] = []) => [
    { path: [...path, ...more].map(String).join("."), message },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.flatMap((key) => at("is not known here; remove it, or correct its spelling", [key]));
    case "invalid_type":
      return at(typeMessage(issue.expected, issue.input));
    case "invalid_value":
      return at(`must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`);
    case "invalid_union":
      return unionIssues(issue, path);
    case "invalid_key":
      return issue.issues.flatMap(({ message }) => at(message));
    case "too_small":
      return at(sizeMessage("at least", Number(issue.minimum), issue.origin));
    case "too_big":
      return at(sizeMessage("at most", Number(issue.maximum), issue.origin));
    case "invalid_format":
    case "invalid_element":
    case "not_multiple_of":
    case "custom":
    default:
      return at(issue.message);
  }
}

function unionIssues(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: readonly PropertyKey[],
): DefinitionIssue[] {
  const place = path.map(String).join(".");
  if ("options" in issue && Array.isArray(issue.options)) {
    return [
      { path: place, message: `must be ${listed(issue.options.map((option) => JSON.stringify(option)))}` },
    ];
  }
  const closest = issue.errors.toSorted((one, other) => one.length - other.length)[0];
  return closest === undefined ? [{ path: place, message: issue.message }] : describeIssues(closest, path);
}

function typeMessage(expected: string, given: unknown): string {
  const wanted = expected === "record" ? "an object" : `${/^[aeio]/.test(expected) ? "an" : "a"} ${expected}`;
  return given === undefined ? `is missing; it must be ${wanted}` : `must be ${wanted}, not ${kindOf(given)}`;
}

function kindOf(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "an array"
      : `a ${typeof value}`.replace("a object", "an object");
}

function sizeMessage(bound: string, size: number, origin: string): string {
  const unit = { string: "character", array: "item", record: "entry", object: "entry" }[origin] ?? null;
  if (unit === null) {
    return `must be ${bound} ${String(size)}`;
  }
  const plural = unit === "entry" ? "entries" : `${unit}s`;
  return `must have ${bound} ${String(size)} ${size === 1 ? unit : plural}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? "") : `one of ${words.join(", ")}`;
}
