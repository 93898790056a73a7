import type { ActionInput } from "../action.ts";
import type { Resolve } from "./reference.ts";
import { SkippedOperation } from "./skipped.ts";
import { entriesOf, isTree, listOf, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** Where a property of an action's input goes, and how it is written there. */
export type Param = NonNullable<NonNullable<ActionInput["http"]>["params"]>[string];

/** A parameter of an operation, the same for Swagger 2 and OpenAPI 3. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: unknown;
  readonly written: Omit<Param, "in" | "as">;
}

/** Parameters of an operation, with those of its path. */
export interface Parameters {
  readonly plain: readonly Parameter[];
  /** Swagger 2 has the body among the parameters: one `body`, or several of `formData`. */
  readonly body: readonly Tree[];
  /** Whether an optional cookie was left out. */
  readonly hasCookies: boolean;
  /** Whether the header Authorization is a parameter: a way to authenticate that is not declared as one. */
  readonly hasAuthorization: boolean;
}

const MOST = 300;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;
/** OpenAPI 3.1 §4.8.12.1 ignores the first three; the others frame the request. */
const NOT_OURS = new Set(
  (
    "accept authorization content-type connection content-length cookie date expect host keep-alive origin " +
    "proxy-authorization referer te trailer transfer-encoding upgrade user-agent"
  ).split(" "),
);

/** Reads the parameters of an operation. Its own replace those of its path. @throws SkippedOperation */
export function readParameters(resolve: Resolve, path: Tree, operation: Tree): Parameters {
  const given = [
    ...listOf(path["parameters"]).slice(0, MOST + 1),
    ...listOf(operation["parameters"]).slice(0, MOST + 1),
  ];
  if (given.length > MOST) {
    throw new SkippedOperation(`more than ${String(MOST)} parameters`);
  }
  const byPlace = new Map<string, Tree>();
  for (const one of given) {
    const parameter = targetOf(resolve, one);
    if (parameter !== null) {
      byPlace.set(`${String(parameter["in"])} ${String(parameter["name"])}`, parameter);
    }
  }
  const all = [...byPlace.values()];
  const headers = all
    .filter(({ in: place }) => place === "header")
    .map(({ name }) => String(name).toLowerCase());
  return {
    plain: all.flatMap((one) => plainParameter(resolve, one)),
    body: all.filter(({ in: place }) => place === "body" || place === "formData"),
    hasCookies: all.some(({ in: place }) => place === "cookie"),
    hasAuthorization: headers.includes("authorization"),
  };
}

function targetOf(resolve: Resolve, one: unknown): Tree | null {
  const found = resolve(one);
  if (found.kind !== "found") {
    throw new SkippedOperation(
      found.kind === "remote"
        ? "a parameter is defined in another document, which is not read"
        : "a parameter's $ref leads nowhere",
    );
  }
  return isTree(found.value) && textOf(found.value["name"]) !== undefined ? found.value : null;
}

function plainParameter(resolve: Resolve, given: Tree): Parameter[] {
  const name = textOf(given["name"])?.slice(0, 300) ?? "";
  const required = given["required"] === true;
  switch (given["in"]) {
    case "path":
      return [{ ...described(resolve, given, "path"), name, in: "path", required: true }];
    case "query":
      return [{ ...described(resolve, given, "query"), name, in: "query", required }];
    case "header":
      return headerParameter(resolve, given, name);
    case "cookie":
      if (required) {
        throw new SkippedOperation(`needs the cookie ${name.slice(0, 100)}, and requests send none`);
      }
      return [];
    default:
      return [];
  }
}

function headerParameter(resolve: Resolve, given: Tree, name: string): Parameter[] {
  const required = given["required"] === true;
  if (NOT_OURS.has(name.toLowerCase())) {
    return [];
  }
  if (!TOKEN.test(name)) {
    if (required) {
      throw new SkippedOperation(`needs a header whose name is none: ${name.slice(0, 100)}`);
    }
    return [];
  }
  return [{ ...described(resolve, given, "header"), name, in: "header", required }];
}

/** Its schema, and how lists and objects are written. */
function described(
  resolve: Resolve,
  given: Tree,
  place: Parameter["in"],
): { schema: unknown; written: Parameter["written"] } {
  const [, media] = entriesOf(given["content"])[0] ?? [];
  const own =
    media === undefined ? (given["schema"] ?? swaggerSchema(given)) : isTree(media) ? media["schema"] : true;
  const found = resolve(own);
  const target = found.kind === "found" && isTree(found.value) ? found.value : {};
  const description = textOf(given["description"]);
  const schema = description === undefined || !isTree(own) ? (own ?? true) : { ...own, description };
  return { schema, written: media === undefined ? writtenAs(given, target, place) : { object: "json" } };
}

/** Swagger 2 writes the schema into the parameter itself. */
export function swaggerSchema(given: Tree): Tree {
  const { name: _name, in: _in, required: _required, ...schema } = given;
  return schema;
}

function writtenAs(given: Tree, schema: Tree, place: Parameter["in"]): Parameter["written"] {
  const { style, collectionFormat } = given;
  if (place === "path" && (style === "label" || style === "matrix")) {
    throw new SkippedOperation(`has a path parameter of the style ${style}, which actions cannot write`);
  }
  if (place !== "query") {
    return {};
  }
  const isSwagger = given["schema"] === undefined && given["type"] !== undefined;
  const type = typeOf(schema);
  if (type === "array") {
    return { list: listStyle(isSwagger ? (collectionFormat ?? "csv") : style, given["explode"]) };
  }
  if (type !== "object") {
    return {};
  }
  return { object: style === "deepObject" ? "deep" : given["explode"] === false ? "comma" : "spread" };
}

/** What a schema says of its type, or shows by its words. */
export function typeOf(schema: Tree): string | undefined {
  const { type } = schema;
  const named = Array.isArray(type) ? listOf(type).find((one) => one !== "null") : type;
  return typeof named === "string"
    ? named
    : schema["items"] !== undefined
      ? "array"
      : isTree(schema["properties"])
        ? "object"
        : undefined;
}

/** OpenAPI's `style` and `explode`, or Swagger 2's `collectionFormat`. */
export function listStyle(style: unknown, explode: unknown): NonNullable<Param["list"]> {
  switch (style) {
    case "csv":
      return "comma";
    case "ssv":
      return "space";
    case "tsv":
      return "tab";
    case "pipes":
      return "pipe";
    case "spaceDelimited":
      return explode === true ? "repeat" : "space";
    case "pipeDelimited":
      return explode === true ? "repeat" : "pipe";
    default:
      return explode === false && style !== "multi" ? "comma" : "repeat";
  }
}
