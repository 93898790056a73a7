import { listStyle, swaggerSchema, typeOf } from "./parameters.ts";
import type { Param } from "./parameters.ts";
import type { Resolve } from "./reference.ts";
import { SkippedOperation } from "./skipped.ts";
import { entriesOf, entryOf, textOf, treeOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** What an operation sends. */
export interface Body {
  readonly kind: "json" | "form" | "multipart" | "text";
  /** Named in the request where the kind alone does not say it. */
  readonly contentType: string | undefined;
  readonly schema: unknown;
  readonly required: boolean;
  /** The whole body is bytes, given as base64. */
  readonly bytes: boolean;
  /** How parts of a form are written. */
  readonly parts: ReadonlyMap<string, Omit<Param, "in" | "as">>;
}

/** What an action sends without a word about its type. */
const USUAL: Readonly<Record<Body["kind"], readonly string[]>> = {
  json: ["application/json", "*/*", "application/*"],
  form: ["application/x-www-form-urlencoded"],
  multipart: ["multipart/form-data"],
  text: ["text/plain"],
};
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+*-]+\/[a-z0-9!#$&^_.+*-]+$/;

/** Reads an operation's request body (OpenAPI 3). @throws SkippedOperation */
export function readRequestBody(resolve: Resolve, given: unknown): Body | null {
  const found = resolve(given);
  if (found.kind !== "found") {
    throw new SkippedOperation(
      found.kind === "remote"
        ? "its body is defined in another document, which is not read"
        : "the $ref of its body leads nowhere",
    );
  }
  const body = treeOf(found.value);
  const chosen = chooseMedia(entriesOf(body["content"]).map(([type]) => type));
  if (chosen === null) {
    return null;
  }
  const media = treeOf(entryOf(body["content"], chosen.given));
  const schema = media["schema"] ?? true;
  return {
    ...chosen,
    contentType: USUAL[chosen.kind].includes(chosen.type) ? undefined : chosen.type,
    schema,
    required: body["required"] === true,
    parts: partsOf(resolve, schema, chosen.kind, treeOf(media["encoding"])),
  };
}

/** Makes a body of Swagger 2's parameters of the kinds `body` and `formData`. */
export function bodyOfParameters(
  resolve: Resolve,
  given: readonly Tree[],
  consumes: readonly unknown[],
): Body | null {
  const types = consumes.filter((type): type is string => typeof type === "string").slice(0, 50);
  const whole = given.find((one) => one["in"] === "body");
  if (whole !== undefined) {
    const chosen = chooseMedia(types) ?? { kind: "json" as const, type: "application/json", bytes: false };
    const schema = whole["schema"] ?? true;
    return {
      ...chosen,
      contentType: USUAL[chosen.kind].includes(chosen.type) ? undefined : chosen.type,
      schema,
      required: whole["required"] === true,
      parts: partsOf(resolve, schema, chosen.kind, {}),
    };
  }
  return given.length === 0 ? null : formOf(resolve, given, types);
}

function formOf(resolve: Resolve, given: readonly Tree[], types: readonly string[]): Body {
  const hasFiles = given.some(({ type }) => type === "file");
  const isMultipart = hasFiles || (types.includes("multipart/form-data") && !types.some(isForm));
  const kind = isMultipart ? "multipart" : "form";
  const named = given.map((one) => [textOf(one["name"])?.slice(0, 200) ?? "", one] as const);
  const schema = {
    type: "object",
    properties: Object.fromEntries(named.map(([name, one]) => [name, swaggerSchema(one)])),
    required: named.filter(([, one]) => one["required"] === true).map(([name]) => name),
  };
  const encoding = Object.fromEntries(
    named.map(([name, one]) => [name, { style: one["collectionFormat"] ?? "csv" }]),
  );
  const required = schema.required.length > 0;
  return {
    kind,
    contentType: undefined,
    schema,
    required,
    bytes: false,
    parts: partsOf(resolve, schema, kind, encoding),
  };
}

function isForm(type: string): boolean {
  return type === "application/x-www-form-urlencoded";
}

interface Media {
  /** As the document writes it. */
  readonly given: string;
  readonly type: string;
  readonly kind: Body["kind"];
  readonly bytes: boolean;
}

/** The media type that an action sends best: JSON before forms, text and bytes. */
function chooseMedia(given: readonly string[]): Media | null {
  const known = given.map(mediaOf).filter((media) => media !== null);
  const rank = ({ kind, type, bytes }: Media): number =>
    bytes
      ? 9
      : kind === "json"
        ? type === "application/json"
          ? 0
          : 1
        : kind === "form"
          ? 2
          : kind === "multipart"
            ? 3
            : 4;
  return known.toSorted((one, other) => rank(one) - rank(other))[0] ?? null;
}

function mediaOf(given: string): Media | null {
  const type = given.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!MEDIA_TYPE.test(type) || type.length > 200) {
    return null;
  }
  const is = (kind: Body["kind"], bytes = false): Media => ({ given, type, kind, bytes });
  if (isJsonType(type)) {
    return is("json");
  }
  if (isForm(type)) {
    return is("form");
  }
  if (type.startsWith("multipart/")) {
    return is("multipart");
  }
  const isText =
    type.startsWith("text/") || /[/+](xml|yaml|x-yaml|graphql|csv|x-ndjson|javascript|sql)$/.test(type);
  return is("text", !isText || type.includes("*"));
}

/** JSON by its name, its suffix (RFC 6839 §3.1), or because anything goes. */
export function isJsonType(type: string): boolean {
  return /^(application|text)\/(x-)?json$|\+json$|^\*\/\*$|^application\/\*$/.test(type);
}

/** Files of multipart bodies are bytes; lists in forms are written as their encoding says. */
function partsOf(resolve: Resolve, schema: unknown, kind: Body["kind"], encoding: Tree): Body["parts"] {
  const parts = new Map<string, Omit<Param, "in" | "as">>();
  if (kind !== "form" && kind !== "multipart") {
    return parts;
  }
  for (const [name, property] of entriesOf(treeOf(targetOf(resolve, schema))["properties"])) {
    const target = treeOf(targetOf(resolve, property));
    const { style, explode } = treeOf(entryOf(encoding, name));
    if (kind === "multipart" && (isBinary(target) || isBinary(treeOf(targetOf(resolve, target["items"]))))) {
      parts.set(name, { bytes: true });
    } else if (typeOf(target) === "array") {
      parts.set(name, { list: listStyle(style, explode) });
    } else if (typeOf(target) === "object" && kind === "form") {
      parts.set(name, { object: style === "deepObject" ? "deep" : "json" });
    }
  }
  return parts;
}

function targetOf(resolve: Resolve, node: unknown): unknown {
  const found = resolve(node);
  return found.kind === "found" ? found.value : undefined;
}

function isBinary(schema: Tree): boolean {
  return schema["type"] === "file" || schema["format"] === "binary";
}
