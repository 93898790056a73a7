import { isSmall, isTree, listOf, shorten, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";
import type { SafePattern } from "./pattern.ts";

/** A schema that is being made. */
export type SchemaDraft = Record<string, unknown>;

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] as const;
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] as const;
/** Of the 2020-12 kind, and meant as that by documents that have them. */
const ANNOTATIONS = ["contentEncoding", "contentMediaType"] as const;
const LONGEST_DESCRIPTION = 400;
const LONGEST_VALUES = 8_000;

/**
 * What a schema says itself, without the schemas inside it, in the words of JSON Schema 2020-12. Examples, titles,
 * discriminators, XML and extensions are left out, and what is not well formed.
 */
export function cleanSchema(schema: Tree, isSafe: SafePattern): SchemaDraft {
  const draft: SchemaDraft = {};
  const types = typesOf(schema["type"]);
  if (types.length > 0) {
    draft["type"] = types.length === 1 ? types[0] : types;
  }
  const description = textOf(schema["description"]);
  if (description !== undefined) {
    draft["description"] = shorten(description, LONGEST_DESCRIPTION);
  }
  const format = textOf(schema["format"]);
  if (format !== undefined && format.length <= 50) {
    draft["format"] = format;
  }
  for (const name of ANNOTATIONS) {
    if (typeof schema[name] === "string") {
      draft[name] = schema[name];
    }
  }
  for (const name of ["deprecated", "uniqueItems"] as const) {
    if (schema[name] === true) {
      draft[name] = true;
    }
  }
  Object.assign(draft, valuesOf(schema, types), boundsOf(schema), countsOf(schema));
  const pattern = schema["pattern"];
  if (typeof pattern === "string" && isSafe(pattern)) {
    draft["pattern"] = pattern;
  }
  return schema["nullable"] === true || schema["x-nullable"] === true ? nullable(draft) : draft;
}

/** `file` is Swagger 2's; anything that is no type (`any`, `date`) says nothing. */
function typesOf(type: unknown): string[] {
  const given = (Array.isArray(type) ? listOf(type).slice(0, 20) : [type]).map((one) =>
    one === "file" ? "string" : typeof one === "string" ? one.slice(0, 20).toLowerCase() : "",
  );
  return given.every((one) => TYPES.has(one)) ? [...new Set(given)] : [];
}

function valuesOf(schema: Tree, types: readonly string[]): SchemaDraft {
  const draft: SchemaDraft = {};
  const { enum: values, const: only, default: usual } = schema;
  if (Array.isArray(values) && values.length > 0 && isSmall(values, LONGEST_VALUES)) {
    // YAML reads `enum: [1, yes]` as it likes, also where the type says string.
    const onlyText = types.length === 1 && types[0] === "string";
    draft["enum"] = [
      ...new Set(onlyText ? listOf(values).map((value) => (value === null ? null : asText(value))) : values),
    ];
  }
  if (only !== undefined && isSmall(only, 1_000)) {
    draft["const"] = only;
  }
  if (usual !== undefined && usual !== null && isSmall(usual, 500)) {
    draft["default"] = usual;
  }
  return draft;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** In draft 4 `exclusiveMinimum` is a boolean beside `minimum`. */
function boundsOf(schema: Tree): SchemaDraft {
  const draft: SchemaDraft = {};
  for (const name of BOUNDS) {
    if (typeof schema[name] === "number") {
      draft[name] = schema[name];
    }
  }
  for (const [bound, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (schema[exclusive] === true && typeof draft[bound] === "number") {
      draft[exclusive] = draft[bound];
      delete draft[bound];
    }
  }
  if (typeof schema["multipleOf"] === "number" && schema["multipleOf"] > 0) {
    draft["multipleOf"] = schema["multipleOf"];
  }
  return draft;
}

function countsOf(schema: Tree): SchemaDraft {
  return Object.fromEntries(
    COUNTS.map((name) => [name, schema[name]] as const).filter(
      ([, value]) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0,
    ),
  );
}

/** OpenAPI 3.0's `nullable`: null is one more value. */
export function nullable(draft: SchemaDraft): SchemaDraft {
  const { type, enum: values } = draft;
  if (typeof type === "string" || Array.isArray(type)) {
    draft["type"] = [...new Set([...listOf(typeof type === "string" ? [type] : type), "null"])];
  }
  if (Array.isArray(values) && !values.includes(null)) {
    draft["enum"] = [...listOf(values), null];
  }
  return draft;
}

/** Whether null is said to be a value, in a place where `type` cannot say it. */
export function isNullable(schema: unknown): boolean {
  return isTree(schema) && (schema["nullable"] === true || schema["x-nullable"] === true);
}
