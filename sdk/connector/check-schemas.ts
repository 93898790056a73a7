import type { DefinitionIssue } from "./parse.ts";
import type { PatternCheck } from "./pattern-problem.ts";

type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** Which properties an input has, and which of them it always has. `any`: the schema does not tell. */
export interface InputShape {
  readonly properties: ReadonlySet<string> | "any";
  readonly always: ReadonlySet<string>;
}

/** Deeper or larger ones are generated, not written, and cost whoever checks an input by them. */
const MAX_DEPTH = 100;
const MAX_NODES = 50_000;
/** Keywords whose schemas decide about properties in ways that only validation knows. */
const INDIRECT = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "patternProperties"];

/** What the schema of an action's input says of its properties. */
export function inputShape(schema: JsonSchema): InputShape | "no object" {
  if (schema === true) {
    return { properties: new Set(), always: new Set() };
  }
  if (schema === false || (schema["type"] !== undefined && schema["type"] !== "object")) {
    return "no object";
  }
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  return INDIRECT.some((keyword) => schema[keyword] !== undefined)
    ? { properties: "any", always: new Set() }
    : {
        properties: new Set(Object.keys(properties)),
        always: new Set(required),
      };
}

/** What is wrong in a JSON Schema that would hurt whoever validates by it. */
export function schemaIssues(schema: JsonSchema, path: string, patterns: PatternCheck): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [];
  const open: { value: unknown; path: string; depth: number }[] = [{ value: schema, path, depth: 0 }];
  for (let nodes = 0; open.length > 0; nodes++) {
    const node = open.pop();
    if (node === undefined || nodes > MAX_NODES || node.depth > MAX_DEPTH) {
      return [
        {
          path,
          message: `is too large: at most ${String(MAX_NODES)} parts, ${String(MAX_DEPTH)} levels deep`,
        },
      ];
    }
    issues.push(...(isRecord(node.value) ? nodeIssues(node.value, node.path, patterns) : []));
    open.push(...partsOf(node.value, node.path, node.depth));
  }
  return issues;
}

/** Everything below a part of a schema, but not values that only look like schemas. */
function partsOf(value: unknown, path: string, depth: number) {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value)
    .filter(
      ([keyword]) =>
        !["const", "enum", "default", "example", "examples"].includes(keyword) || Array.isArray(value),
    )
    .map(([keyword, part]: [string, unknown]) => ({
      value: part,
      path: `${path}.${keyword}`,
      depth: depth + 1,
    }));
}

function nodeIssues(
  schema: Readonly<Record<string, unknown>>,
  path: string,
  patterns: PatternCheck,
): DefinitionIssue[] {
  const isPropertyMap = path.endsWith(".properties");
  const { pattern, required, properties, patternProperties } = schema;
  return isPropertyMap
    ? []
    : [
        ...(typeof pattern === "string" ? patternIssues(patterns, pattern, `${path}.pattern`) : []),
        ...(isRecord(patternProperties)
          ? Object.keys(patternProperties).flatMap((key) =>
              patternIssues(patterns, key, `${path}.patternProperties`),
            )
          : []),
        ...(required !== undefined && typeof required !== "boolean" && !isListOfText(required)
          ? [{ path: `${path}.required`, message: "must be a list of names of properties" }]
          : []),
        ...(properties !== undefined && !isRecord(properties)
          ? [{ path: `${path}.properties`, message: "must be an object with a schema for each property" }]
          : []),
      ];
}

function patternIssues(patterns: PatternCheck, pattern: string, path: string): DefinitionIssue[] {
  const problem = patterns.problem(pattern);
  return problem === null ? [] : [{ path, message: problem }];
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
