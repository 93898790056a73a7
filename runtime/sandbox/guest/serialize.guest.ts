import { cut } from "./cut.guest.ts";
import { failure } from "./failure.guest.ts";
import { isArray, keys, quote, text } from "./primordials.guest.ts";

const MAX_DEPTH = 1_000;
const SHOWN_PATH = 200;

/** Where in the value the writer is, to name it in an error. */
interface Writer {
  readonly what: string;
  readonly limit: number;
  size: number;
}

/** The chain of objects above the one being written: a member of it is a circle. */
interface Above {
  readonly value: object;
  readonly above: Above | null;
  readonly depth: number;
}

/**
 * A value as JSON text of at most `limit` characters, as `JSON.stringify` would write it (toJSON included), except
 * that what has no JSON form is an error with its path instead of a silent gap. `undefined` at the top is null.
 * Written in JavaScript, so that the watchdog can stop it at any point: the native one cannot be.
 */
export function serialize(value: unknown, what: string, limit: number): string {
  return write({ what, limit, size: 0 }, value, "", null) ?? "null";
}

function write(writer: Writer, given: unknown, path: string, above: Above | null): string | undefined {
  const value = converted(given, path);
  switch (typeof value) {
    case "string":
      // Refused before it is quoted: quoting a huge string is not interruptible.
      return value.length > writer.limit ? tooLarge(writer) : sized(writer, quote(value));
    case "number":
      return sized(writer, value - value === 0 ? text(value) : "null");
    case "boolean":
      return sized(writer, value ? "true" : "false");
    case "undefined":
      return undefined;
    case "object":
      return value === null ? sized(writer, "null") : writeObject(writer, value, path, above);
    case "bigint":
    case "function":
    case "symbol":
    default:
      throw invalid(writer, path, `is a ${typeof value}, which has no JSON form`);
  }
}

function converted(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
  return typeof toJson === "function" ? (value as { toJSON(key: string): unknown }).toJSON(path) : value;
}

function writeObject(writer: Writer, value: object, path: string, above: Above | null): string {
  for (let link = above; link !== null; link = link.above) {
    if (link.value === value) {
      throw invalid(writer, path, "refers back to an object that contains it");
    }
  }
  const here = { value, above, depth: (above?.depth ?? 0) + 1 };
  if (here.depth > MAX_DEPTH) {
    throw invalid(writer, path, `is nested deeper than ${text(MAX_DEPTH)} levels`);
  }
  sized(writer, "{}");
  return isArray(value) ? writeArray(writer, value, path, here) : writeRecord(writer, value, path, here);
}

function writeArray(writer: Writer, list: readonly unknown[], path: string, here: Above): string {
  let json = "";
  for (let index = 0; index < list.length; index += 1) {
    const item = write(writer, list[index], `${path}[${text(index)}]`, here) ?? sized(writer, "null");
    json += index === 0 ? item : `,${item}`;
    sized(writer, ",");
  }
  return `[${json}]`;
}

function writeRecord(writer: Writer, value: object, path: string, here: Above): string {
  let json = "";
  const names = keys(value);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    if (name === undefined) {
      continue;
    }
    const member = write(
      writer,
      (value as Record<string, unknown>)[name],
      path === "" ? name : `${path}.${name}`,
      here,
    );
    if (member !== undefined) {
      json += `${json === "" ? "" : ","}${sized(writer, quote(name))}:${member}`;
      sized(writer, ",:");
    }
  }
  return `{${json}}`;
}

function sized(writer: Writer, json: string): string {
  writer.size += json.length;
  return writer.size > writer.limit ? tooLarge(writer) : json;
}

function tooLarge(writer: Writer): never {
  throw failure("TENON_TOO_LARGE", `${writer.what} is larger than ${text(writer.limit)} bytes of JSON.`);
}

function invalid(writer: Writer, path: string, why: string): Error {
  const place = path === "" ? writer.what : `${writer.what} at ${cut(path, SHOWN_PATH)}`;
  return failure("TENON_RESULT_INVALID", `${place} ${why}.`);
}
