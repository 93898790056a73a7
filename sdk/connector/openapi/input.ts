import type { Body } from "./body.ts";
import { typeOf } from "./parameters.ts";
import type { Param, Parameter } from "./parameters.ts";
import type { ActionPath } from "./path.ts";
import type { Resolve } from "./reference.ts";
import { createNames } from "./slugs.ts";
import { entriesOf, isTree, listOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** An action's input: what it asks for, and where each part goes. */
export interface ComposedInput {
  readonly schema: Tree;
  readonly params: Record<string, Param>;
  /** Parameters that have one value only, and are not asked for. */
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
}

interface Request {
  readonly method: string;
  readonly path: ActionPath;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
}

interface Draft {
  readonly properties: Record<string, unknown>;
  readonly required: Set<string>;
  readonly params: Record<string, Param>;
}

const MOST_PARTS = 200;
const LONGEST_NAME = 200;

/** Makes one flat object of an operation's parameters and, where it is an object of its own, the parts of its body. */
export function composeInput(resolve: Resolve, request: Request): ComposedInput {
  const draft: Draft = { properties: {}, required: new Set(), params: {} };
  const headers: Record<string, string> = {};
  const query: Record<string, string> = { ...request.path.query };
  for (const parameter of inOrder(request)) {
    const only = onlyValue(resolve, parameter);
    if (only !== null && parameter.in === "header") {
      headers[parameter.name.toLowerCase()] = only;
    } else if (only !== null && parameter.in === "query" && parameter.name.length <= LONGEST_NAME) {
      query[parameter.name] = only;
    } else {
      addParameter(draft, parameter, request);
    }
  }
  const takesMore = addBody(resolve, draft, request);
  return {
    params: draft.params,
    headers,
    query,
    schema: {
      type: "object",
      properties: draft.properties,
      required: [...draft.required],
      ...(takesMore ? {} : { additionalProperties: false }),
    },
  };
}

/** The path's places first, whether they are declared or not. */
function inOrder({ path, parameters }: Request): Parameter[] {
  const inPath = path.places.map(
    (name) =>
      parameters.find((one) => one.in === "path" && one.name === name) ??
      ({ name, in: "path", required: true, schema: { type: "string" }, written: {} } as const),
  );
  return [...inPath, ...parameters.filter((one) => one.in !== "path")];
}

/** A required parameter with one possible value says which operation it is, and nothing that a caller could choose. */
function onlyValue(resolve: Resolve, { required, schema }: Parameter): string | null {
  const found = resolve(schema);
  const values = found.kind === "found" ? listOf(treeOf(found.value)["enum"]) : [];
  const [value] = values;
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const text = isPlain && required && values.length === 1 ? String(value) : null;
  return text !== null && /^[\x20-\x7e]{1,1000}$/.test(text) && !/[{}]/.test(text) ? text : null;
}

function addParameter({ properties, required, params }: Draft, parameter: Parameter, request: Request): void {
  const { name, in: place, schema, written } = parameter;
  const wish = name.length <= LONGEST_NAME ? name : name.slice(0, LONGEST_NAME - 10);
  const property = createNames("_", Object.keys(properties))(wish);
  properties[property] = schema;
  if (parameter.required) {
    required.add(property);
  }
  const wide = place === "path" && (request.path.wide.has(name) || spansSegments(schema));
  const isObvious = property === name && Object.keys(written).length === 0 && !wide;
  if (isObvious && (place === "path" || (place === "query" && goesIntoQuery(request.method)))) {
    return;
  }
  params[property] = {
    in: place,
    ...(property === name ? {} : { as: name }),
    ...written,
    ...(wide ? { segments: true } : {}),
  };
}

/** Where properties go without a word. */
function goesIntoQuery(method: string): boolean {
  return ["GET", "HEAD", "DELETE", "OPTIONS"].includes(method);
}

/** `^projects/[^/]+$`: the value is a path of its own. */
function spansSegments(schema: unknown): boolean {
  const pattern = treeOf(schema)["pattern"];
  return typeof pattern === "string" && /\/\[\^\/\]|\/\.[+*]/.test(pattern.slice(0, 500));
}

/** Adds the body; answers whether the input takes more than what it describes. */
function addBody(resolve: Resolve, draft: Draft, { method, body }: Request): boolean {
  if (body === null) {
    return false;
  }
  const parts = partsOf(resolve, draft, body);
  if (parts === null) {
    const property = createNames("_", Object.keys(draft.properties))("body");
    draft.properties[property] = body.bytes ? BYTES : body.schema;
    draft.params[property] = { in: "body-root", ...(body.bytes ? { bytes: true } : {}) };
    if (body.required) {
      draft.required.add(property);
    }
    return false;
  }
  const needed = new Set(body.required ? listOf(parts.schema["required"]).slice(0, MOST_PARTS) : []);
  for (const [name, schema] of parts.entries) {
    const written = body.parts.get(name);
    draft.properties[name] = written?.bytes === true ? fileOf(schema) : schema;
    if (needed.has(name)) {
      draft.required.add(name);
    }
    if (written !== undefined || goesIntoQuery(method)) {
      draft.params[name] = { in: "body", ...written };
    }
  }
  return parts.schema["additionalProperties"] !== false && !goesIntoQuery(method);
}

const BYTES = { type: "string", contentEncoding: "base64" } as const;

/** A file is its bytes, or its bytes with a name and a type. */
function fileOf(schema: unknown): Tree {
  const { description } = treeOf(schema);
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [
      BYTES,
      {
        type: "object",
        properties: { filename: { type: "string" }, contentType: { type: "string" }, data: BYTES },
        required: ["filename", "data"],
        additionalProperties: false,
      },
    ],
  };
}

/** The parts of a body that is a plain object, when none of them has the name of a parameter. */
function partsOf(
  resolve: Resolve,
  { properties }: Draft,
  body: Body,
): { schema: Tree; entries: readonly (readonly [string, unknown])[] } | null {
  const found = resolve(body.schema);
  const schema = found.kind === "found" ? found.value : null;
  if (body.kind === "text" || body.bytes || !isTree(schema) || typeOf(schema) !== "object") {
    return null;
  }
  const isMixed = ["allOf", "anyOf", "oneOf", "not", "if"].some((keyword) => schema[keyword] !== undefined);
  const all = entriesOf(schema["properties"]);
  const fits = all.every(
    ([name]) => name !== "" && name.length <= LONGEST_NAME && !Object.hasOwn(properties, name),
  );
  if (isMixed || !fits || all.length === 0 || all.length > MOST_PARTS) {
    return null;
  }
  return { schema, entries: all.filter(([, part]) => !isReadOnly(resolve, part)) };
}

function isReadOnly(resolve: Resolve, part: unknown): boolean {
  const found = resolve(part);
  const target = found.kind === "found" ? treeOf(found.value) : {};
  return treeOf(part)["readOnly"] === true || target["readOnly"] === true;
}
