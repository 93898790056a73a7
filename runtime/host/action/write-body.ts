import { randomHex } from "#runtime/ids.ts";
import type { HttpAction } from "#sdk/connector/action.ts";
import { namesOf } from "#sdk/connector/read-place.ts";
import type { Part } from "./build-request.ts";
import { queryPairs, scalarText } from "./write-query.ts";

/** A body with the type that it is sent as; both null without a body. */
export interface WrittenBody {
  readonly body: Uint8Array | null;
  readonly type: string | null;
}

const NOTHING: WrittenBody = { body: null, type: null };

/** Writes the body of an action from the properties that go there; `root` is the one that is all of it. */
export function writeBody(http: HttpAction, parts: readonly Part[], root: Part | undefined): WrittenBody {
  switch (http.body) {
    case "json":
      return jsonBody(http, parts, root);
    case "form":
      return formBody(http, parts, root);
    case "multipart":
      return multipartBody(http, parts);
    case "text":
      return textBody(root ?? parts[0]);
    case "none":
    default:
      return NOTHING;
  }
}

function jsonBody(http: HttpAction, parts: readonly Part[], root: Part | undefined): WrittenBody {
  const fixed = Object.keys(http.fixed).length > 0;
  if (root !== undefined && !fixed) {
    return { body: Buffer.from(JSON.stringify(root.value ?? null)), type: "application/json" };
  }
  if (parts.length === 0 && root === undefined && !fixed) {
    return http.method === "GET" || http.method === "HEAD"
      ? NOTHING
      : { body: Buffer.from("{}"), type: "application/json" };
  }
  const given =
    root === undefined ? Object.fromEntries(parts.map(({ name, value }) => [name, value])) : root.value;
  const whole =
    http.wrap === undefined ? mergedWith(http.fixed, given) : placed(http.fixed, http.wrap, given);
  return { body: Buffer.from(JSON.stringify(whole)), type: "application/json" };
}

function mergedWith(fixed: Readonly<Record<string, unknown>>, given: unknown): unknown {
  return typeof given === "object" && given !== null && !Array.isArray(given)
    ? { ...given, ...fixed }
    : given;
}

/** The fixed parts with a value put at a place in them; objects on the way are made, those that are there kept. */
export function placed(
  base: Readonly<Record<string, unknown>>,
  place: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const [name = "", ...rest] = namesOf(place);
  const there = Object.hasOwn(base, name) ? base[name] : undefined;
  const inner = isRecord(there) ? there : {};
  const next =
    rest.length === 0
      ? isRecord(value)
        ? { ...inner, ...value }
        : value
      : placed(inner, rest.map((part) => part.replaceAll(".", "\\.")).join("."), value);
  // Not an assignment: the name may be `__proto__`.
  return Object.fromEntries([...Object.entries(base).filter(([other]) => other !== name), [name, next]]);
}

function formBody(http: HttpAction, parts: readonly Part[], root: Part | undefined): WrittenBody {
  const pairs = [
    ...Object.entries(http.fixed).flatMap(([name, value]) => queryPairs({ name, value, param: undefined })),
    ...parts.flatMap(queryPairs),
    ...(root === undefined ? [] : queryPairs({ ...root, param: { in: "body", object: "spread" } })),
  ];
  const body = Buffer.from(new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString());
  return { body, type: "application/x-www-form-urlencoded" };
}

function textBody(part: Part | undefined): WrittenBody {
  if (part === undefined || part.value === null) {
    return NOTHING;
  }
  const text = scalarText(part.value);
  return part.param?.bytes === true
    ? { body: Buffer.from(text, "base64"), type: "application/octet-stream" }
    : { body: Buffer.from(text), type: "text/plain;charset=utf-8" };
}

/** RFC 7578. A file is base64 (`bytes`), or `{ filename, contentType, data }` with its data in base64. */
function multipartBody(http: HttpAction, parts: readonly Part[]): WrittenBody {
  const boundary = `tenon-${randomHex(16)}`;
  const fixed = Object.entries(http.fixed).map(([name, value]): Part => ({ name, value, param: undefined }));
  const chunks = [...fixed, ...parts]
    .filter(({ value }) => value !== null)
    .flatMap((part) => [Buffer.from(`--${boundary}\r\n`), ...sectionOf(part), Buffer.from("\r\n")]);
  return {
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

function sectionOf({ name, value, param }: Part): Buffer[] {
  const file = fileOf(value, param?.bytes === true);
  const named = `content-disposition: form-data; name="${quoted(name)}"`;
  if (file === null) {
    return [Buffer.from(`${named}\r\n\r\n${scalarText(value)}`)];
  }
  return [
    Buffer.from(`${named}; filename="${quoted(file.filename)}"\r\ncontent-type: ${file.contentType}\r\n\r\n`),
    file.data,
  ];
}

function fileOf(
  value: unknown,
  bytes: boolean,
): { readonly filename: string; readonly contentType: string; readonly data: Buffer } | null {
  if (typeof value === "string") {
    return bytes
      ? { filename: "file", contentType: "application/octet-stream", data: Buffer.from(value, "base64") }
      : null;
  }
  const { filename, contentType, data } = isRecord(value) ? value : {};
  if (typeof data !== "string" || typeof filename !== "string") {
    return null;
  }
  const type = typeof contentType === "string" && /^[\w.+-]+\/[\w.+-]+(;[\w\s.="+-]*)?$/.test(contentType);
  return {
    filename,
    contentType: type ? contentType : "application/octet-stream",
    data: Buffer.from(data, "base64"),
  };
}

/** HTML, multipart form data: quotes and line breaks in names are percent-encoded. */
function quoted(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
