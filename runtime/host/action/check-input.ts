import { Validator } from "@cfworker/json-schema";
import type { Schema } from "@cfworker/json-schema";
import { InvalidError } from "#runtime/errors.ts";
import type { Action } from "#sdk/connector/action.ts";

/**
 * Keywords that take time in proportion to schema and input. A definition may come from anybody, and this check runs
 * in the process that serves everybody: a `pattern` can be made to take for ever, `uniqueItems` grows with the square.
 */
const PLAIN = [
  "type",
  "required",
  "enum",
  "const",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;
const MAX_DEPTH = 32;
/** References are followed by copying: a schema that grows beyond this is not looked into deeper. */
const MAX_NODES = 20_000;
const MAX_ISSUES = 20;

/** A cache: validators by the definition's own schema object. */
const validators = new WeakMap<object, Validator>();

/** Checks what an action is given. @throws InvalidError `TENON_ACTION_INPUT` names each field that does not fit */
export function checkActionInput(
  action: Action,
  alias: string,
  input: unknown,
): asserts input is Record<string, unknown> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw refused(action, alias, [{ path: "input", message: "must be an object" }]);
  }
  if (typeof action.input === "boolean") {
    return;
  }
  const result = validatorOf(action.input).validate(input);
  if (result.valid) {
    return;
  }
  const deepest = result.errors.filter(({ keyword }) => !PARENTS.has(keyword));
  const issues = (deepest.length === 0 ? result.errors : deepest)
    .slice(0, MAX_ISSUES)
    .map(({ instanceLocation, error }) => ({ path: fieldPath(instanceLocation), message: error }));
  throw refused(action, alias, issues);
}

/** These only repeat that a child failed. */
const PARENTS = new Set(["properties", "items", "additionalProperties", "allOf", "anyOf"]);

function refused(
  { slug }: Action,
  alias: string,
  issues: readonly { readonly path: string; readonly message: string }[],
): InvalidError {
  const words = issues.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
  return new InvalidError(
    `The action "${slug}" of the connection "${alias}" does not take this input: ${words.join("; ")}`.slice(
      0,
      2_000,
    ),
    { code: "TENON_ACTION_INPUT", issues },
  );
}

function validatorOf(schema: Readonly<Record<string, unknown>>): Validator {
  const known = validators.get(schema);
  if (known !== undefined) {
    return known;
  }
  const validator = new Validator(new Checkable(schema).copy(schema, 0), "2020-12", false);
  validators.set(schema, validator);
  return validator;
}

/** Copies what can be checked in bounded time of a schema, its own references followed. */
class Checkable {
  readonly #root: Readonly<Record<string, unknown>>;
  #nodes = 0;

  constructor(root: Readonly<Record<string, unknown>>) {
    this.#root = root;
  }

  copy(given: unknown, depth: number): Schema {
    const schema = this.#resolved(given);
    this.#nodes += 1;
    if (schema === null || depth > MAX_DEPTH || this.#nodes > MAX_NODES) {
      return {};
    }
    const part: Record<string, unknown> = {};
    for (const keyword of PLAIN) {
      if (schema[keyword] !== undefined) {
        part[keyword] = schema[keyword];
      }
    }
    // `not` and `if` turn what is left out into a refusal, so they stay out; of `oneOf`, "any" is what can be known.
    for (const [keyword, as] of [
      ["allOf", "allOf"],
      ["anyOf", "anyOf"],
      ["oneOf", "anyOf"],
    ] as const) {
      const list: unknown = schema[keyword];
      if (Array.isArray(list) && part[as] === undefined) {
        part[as] = list.map((child) => this.copy(child, depth + 1));
      }
    }
    if (isRecord(schema["items"]) && schema["prefixItems"] === undefined) {
      part["items"] = this.copy(schema["items"], depth + 1);
    }
    this.#copyProperties(schema, part, depth);
    return part;
  }

  #copyProperties(
    schema: Readonly<Record<string, unknown>>,
    part: Record<string, unknown>,
    depth: number,
  ): void {
    const { properties, additionalProperties } = schema;
    if (isRecord(properties)) {
      part["properties"] = Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, this.copy(child, depth + 1)]),
      );
    }
    // With patternProperties left out, "no additional properties" would refuse what they allow.
    if (schema["patternProperties"] === undefined) {
      if (additionalProperties === false) {
        part["additionalProperties"] = false;
      } else if (isRecord(additionalProperties)) {
        part["additionalProperties"] = this.copy(additionalProperties, depth + 1);
      }
    }
  }

  /** A schema object behind its references inside the document; null takes anything. */
  #resolved(given: unknown): Readonly<Record<string, unknown>> | null {
    let at = given;
    for (let hops = 0; hops < MAX_DEPTH; hops += 1) {
      if (!isRecord(at)) {
        return null;
      }
      const reference: unknown = at["$ref"];
      if (typeof reference !== "string") {
        return at;
      }
      at = reference === "#" ? this.#root : this.#at(reference);
    }
    return null;
  }

  #at(reference: string): unknown {
    if (!reference.startsWith("#/")) {
      return null;
    }
    return reference
      .slice(2)
      .split("/")
      .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : null), this.#root);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldPath(pointer: string): string {
  const parts = pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  return ["input", ...parts].join(".");
}
