/** A JSON Schema as the catalogue writes them: every property is described. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const OPTIONAL: unique symbol = Symbol("optional");

/** A property that may be left out. */
export interface Optional {
  readonly [OPTIONAL]: JsonSchema;
}

/** A string. */
export function text(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: "string", description, ...more };
}

/** One of these strings. */
export function choice(description: string, values: readonly string[]): JsonSchema {
  return { type: "string", description, enum: values };
}

/** A whole number. */
export function integer(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: "integer", description, ...more };
}

/** A number. */
export function number(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: "number", description, ...more };
}

/** True or false. */
export function flag(description: string): JsonSchema {
  return { type: "boolean", description };
}

/** A list of items of one form. */
export function list(description: string, items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: "array", description, items, ...more };
}

/** An object whose properties the vendor or its customer decides. */
export function record(description: string, values: JsonSchema | true = true): JsonSchema {
  return { type: "object", description, additionalProperties: values };
}

/** Marks a property of {@link object} that may be left out. */
export function optional(schema: JsonSchema): Optional {
  return { [OPTIONAL]: schema };
}

/** An object with these properties: all are required but the {@link optional} ones, and no others are taken. */
export function object(properties: Readonly<Record<string, JsonSchema | Optional>>): JsonSchema {
  const entries = Object.entries(properties);
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name, isOptional(schema) ? schema[OPTIONAL] : schema]),
    ),
    required: entries.filter(([, schema]) => !isOptional(schema)).map(([name]) => name),
    additionalProperties: false,
  };
}

/** A described object inside another. */
export function part(
  description: string,
  properties: Readonly<Record<string, JsonSchema | Optional>>,
): JsonSchema {
  return { ...object(properties), description };
}

/** What an answer has at least: vendors add properties to answers at any time. */
export function answer(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties };
}

function isOptional(schema: JsonSchema | Optional): schema is Optional {
  return OPTIONAL in schema;
}
