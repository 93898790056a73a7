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
/** Values of an input, times the parts of the schema that each meets: what one check may look at. */
const MAX_STEPS = 250_000;
/** Each step can leave an error behind; of an input that meets more, only the first is told. */
const MAX_STEPS_TOLD = 20_000;

/** A cache: what checks by a definition's own schema object. */
const checks = new WeakMap<object, Check>();

interface Check {
  readonly schema: Schema;
  /** Stops at the first error. */
  readonly verdict: Validator;
  readonly told: Validator;
}

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
  const { schema, verdict, told } = checkOf(action.input);
  const steps = stepsOf(schema, input, MAX_STEPS);
  if (steps > MAX_STEPS) {
    throw refused(action, alias, [
      { path: "input", message: "has too many parts to be checked; send fewer" },
    ]);
  }
  const first = verdict.validate(input);
  if (first.valid) {
    return;
  }
  const result = steps > MAX_STEPS_TOLD ? first : told.validate(input);
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

function checkOf(given: Readonly<Record<string, unknown>>): Check {
  const known = checks.get(given);
  if (known !== undefined) {
    return known;
  }
  const schema = new Checkable(given).copy(given, 0);
  const check = {
    schema,
    verdict: new Validator(schema, "2020-12", true),
    told: new Validator(schema, "2020-12", false),
  };
  checks.set(given, check);
  return check;
}

/** What a check would look at, counted up to `most`: the validator itself cannot be stopped once it runs. */
function stepsOf(schema: Schema, value: unknown, most: number): number {
  const { anyOf = [], allOf = [], properties = {} } = schema;
  let steps = 1 + ownSteps(schema, value);
  const add = (part: unknown, of: unknown): void => {
    steps += steps > most || !isRecord(part) ? 1 : stepsOf(part, of, most - steps);
  };
  for (const part of [...anyOf, ...allOf]) {
    add(part, value);
  }
  if (Array.isArray(value)) {
    for (const item of steps > most ? [] : value) {
      add(schema.items, item);
    }
  } else if (isRecord(value)) {
    steps += Object.keys(properties).length;
    for (const [name, item] of steps > most ? [] : Object.entries(value)) {
      add(Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties, item);
    }
  }
  return steps;
}

/** Characters that are counted in the time of one step. */
const CHARACTERS_A_STEP = 100;

/** What the keywords of one schema look at in one value, besides its parts. */
function ownSteps(schema: Schema, value: unknown): number {
  const { enum: choices, const: only, required } = schema;
  const compared = typeof value === "object" && value !== null ? [choices, only] : [];
  const counted = typeof value === "string" && (schema.minLength ?? schema.maxLength) !== undefined;
  return (
    [choices, required].reduce((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0) +
    compared.reduce((sum, part) => sum + (part === undefined ? 0 : JSON.stringify(part).length), 0) +
    (counted ? value.length / CHARACTERS_A_STEP : 0)
  );
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
