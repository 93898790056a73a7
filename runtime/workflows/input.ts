import { Validator } from "@cfworker/json-schema";
import type { Schema } from "@cfworker/json-schema";
import { InvalidError } from "#runtime/errors.ts";

/**
 * Keywords whose cost is linear in the input. An author's `pattern`, `$ref` or `anyOf` can be made to take
 * forever, and this check runs in the process that serves everybody: the isolate applies the whole schema.
 */
const LINEAR_KEYWORDS = [
  "type",
  "required",
  "enum",
  "const",
  "additionalProperties",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;
const MAX_DEPTH = 32;
const MAX_ISSUES = 50;

/**
 * Checks an input against a version's JSON Schema before anything is stored.
 *
 * @throws InvalidError `TENON_INPUT_INVALID` with a path and a reason for each field.
 */
export function checkInput(schema: Readonly<Record<string, unknown>> | null, input: unknown): void {
  if (schema === null) {
    return;
  }
  const result = new Validator(linearPart(schema, 0), "2020-12", false).validate(input ?? null);
  if (result.valid) {
    return;
  }
  // A parent only repeats that a child failed: the deepest complaints are the ones to mend.
  const issues = result.errors
    .filter(
      (error) =>
        !["properties", "items", "additionalProperties"].includes(error.keyword) ||
        result.errors.length === 1,
    )
    .slice(0, MAX_ISSUES)
    .map((error) => ({ path: fieldPath(error.instanceLocation), message: error.error }));
  throw new InvalidError(
    `The input does not fit the workflow's schema: ${issues[0]?.path ?? "input"}: ${issues[0]?.message ?? ""}`,
    {
      code: "TENON_INPUT_INVALID",
      status: 422,
      issues,
    },
  );
}

function linearPart(schema: Readonly<Record<string, unknown>>, depth: number): Schema {
  if (depth > MAX_DEPTH) {
    return {};
  }
  const part: Record<string, unknown> = {};
  for (const keyword of LINEAR_KEYWORDS) {
    const value = schema[keyword];
    if (value !== undefined && !(keyword === "additionalProperties" && typeof value !== "boolean")) {
      part[keyword] = value;
    }
  }
  // With patternProperties left out, "no additional properties" would refuse what they allow.
  if (schema["patternProperties"] !== undefined) {
    delete part["additionalProperties"];
  }
  if (isObject(schema["properties"])) {
    part["properties"] = Object.fromEntries(
      Object.entries(schema["properties"]).map(([name, child]) => [
        name,
        isObject(child) ? linearPart(child, depth + 1) : child,
      ]),
    );
  }
  if (isObject(schema["items"]) && schema["prefixItems"] === undefined) {
    part["items"] = linearPart(schema["items"], depth + 1);
  }
  return part;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldPath(pointer: string): string {
  const parts = pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "");
  return [
    "input",
    ...parts.map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")),
  ].join(".");
}
