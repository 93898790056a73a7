import { cut } from "./cut.guest.ts";
import { faultMembers } from "./fault-members.guest.ts";
import { attributesOf, describeValue, isPairs } from "./inspect.guest.ts";
import {
  classOf,
  isArray,
  isView,
  keys,
  mapEntries,
  mapGet,
  mapSet,
  NativeBytes,
  NativeError,
  nextEntry,
  nextMember,
  quote,
  setValues,
  slice,
  text,
} from "./primordials.guest.ts";

const NativeMap = Map;
const MAX_DEPTH = 200;
/** What a mark may say of what has no JSON form. */
const MAX_MARK = 2_000;

/** The data is larger than a line may be. */
const TOO_LARGE = new NativeError("The data is larger than a line of the log.");

/** What is left to write, and the objects around what is being written. */
interface Writer {
  left: number;
  readonly path: object[];
  /** How many errors are around it: causes and members end somewhere. */
  faults: number;
}

/**
 * The data of a log line as JSON text: an error with its message, stack and causes, a map or a list of headers by its
 * names, and a mark in the place of what has no JSON form. What is too large becomes one text. Never throws.
 */
export function logData(value: unknown, limit: number): string {
  try {
    return write({ left: limit, path: [], faults: 0 }, value) ?? "null";
  } catch {
    return quote(describeValue(value, limit));
  }
}

function write(writer: Writer, given: unknown): string | undefined {
  switch (typeof given) {
    case "string":
      // Refused before it is quoted: quoting a huge string is not interruptible.
      return given.length > writer.left ? tooLarge() : sized(writer, quote(given));
    case "number":
      return sized(writer, given - given === 0 ? text(given) : "null");
    case "boolean":
      return sized(writer, given ? "true" : "false");
    case "undefined":
      return undefined;
    case "object":
      return given === null ? sized(writer, "null") : writeObject(writer, given);
    case "bigint":
    case "function":
    case "symbol":
    default:
      return mark(writer, given);
  }
}

/** Words in the place of what has no JSON form. */
function mark(writer: Writer, value: unknown): string {
  return sized(writer, quote(cut(describeValue(value, MAX_MARK), MAX_MARK)));
}

function writeObject(writer: Writer, value: object): string | undefined {
  const { path } = writer;
  for (let index = 0; index < path.length; index += 1) {
    if (path[index] === value) {
      return sized(writer, '"[circular]"');
    }
  }
  if (path.length >= MAX_DEPTH) {
    return sized(writer, isArray(value) ? '"[…]"' : '"{…}"');
  }
  const depth = path.length;
  path[depth] = value;
  try {
    return writeInside(writer, value);
  } catch (error) {
    if (error === TOO_LARGE) {
      throw error;
    }
    return sized(writer, '"[unreadable]"');
  } finally {
    path.length = depth;
  }
}

function writeInside(writer: Writer, value: object): string | undefined {
  if (value instanceof NativeError) {
    return writeFault(writer, value);
  }
  const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJson === "function") {
    const json = (value as { toJSON(key: string): unknown }).toJSON("");
    // One that answers with itself means its own members.
    return json === value ? writeRecord(writer, value) : write(writer, json);
  }
  if (isArray(value)) {
    return writeList(writer, value);
  }
  const kind = slice(classOf(value), 8, -1);
  switch (kind) {
    case "Map":
      return writeMap(writer, value as Map<unknown, unknown>);
    case "Set":
      return writeList(writer, drained(writer, setValues(value as Set<unknown>), nextMember));
    case "ArrayBuffer":
      return mark(writer, new NativeBytes(value as ArrayBuffer));
    case "Promise":
      return sized(writer, '"[promise]"');
    case "RegExp":
      return mark(writer, value);
    default:
      return writeKind(writer, value, kind);
  }
}

/** The interfaces of the web, which have no properties of their own; then any other object. */
function writeKind(writer: Writer, value: object, kind: string): string {
  if (isView(value)) {
    return mark(writer, value);
  }
  if (isPairs(kind)) {
    return writePairs(writer, value as Iterable<[string, unknown]>);
  }
  return writeNamed(writer, value, attributesOf(value, kind) ?? keys(value));
}

function writeFault(writer: Writer, error: Error): string {
  writer.faults += 1;
  try {
    const { names, values } = faultMembers(error, writer.faults);
    let json = "";
    for (let index = 0; index < names.length; index += 1) {
      json = withMember(writer, json, names[index] ?? "", values[index]);
    }
    return `{${json}}`;
  } finally {
    writer.faults -= 1;
  }
}

function writeList(writer: Writer, list: readonly unknown[]): string {
  let json = "";
  for (let index = 0; index < list.length; index += 1) {
    const item = write(writer, list[index]) ?? sized(writer, "null");
    json += sized(writer, index === 0 ? "" : ",") + item;
  }
  return `[${json}]`;
}

function writeRecord(writer: Writer, value: object): string {
  return writeNamed(writer, value, keys(value));
}

function writeNamed(writer: Writer, value: object, names: readonly string[]): string {
  let json = "";
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    json = withMember(writer, json, name, memberOf(value, name));
  }
  return `{${json}}`;
}

function memberOf(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return "[unreadable]";
  }
}

function withMember(writer: Writer, json: string, name: string, value: unknown): string {
  const member = write(writer, value);
  if (member === undefined) {
    return json;
  }
  const key = name.length > writer.left ? tooLarge() : quote(name);
  return `${json}${sized(writer, json === "" ? "" : ",")}${sized(writer, key)}:${member}`;
}

/** An object where every key is a string, otherwise pairs. */
function writeMap(writer: Writer, map: Map<unknown, unknown>): string {
  const pairs = drained(writer, mapEntries(map), nextEntry) as [unknown, unknown][];
  let json = "";
  for (let index = 0; index < pairs.length; index += 1) {
    const [name, value] = pairs[index] ?? [];
    if (typeof name !== "string") {
      return writeList(writer, pairs);
    }
    json = withMember(writer, json, name, value);
  }
  return `{${json}}`;
}

/** Names with their values; one that occurs again has a list of them. */
function writePairs(writer: Writer, pairs: Iterable<[string, unknown]>): string {
  const byName = new NativeMap<string, unknown[]>();
  const names: string[] = [];
  for (const [name, value] of pairs) {
    const values = mapGet(byName, name);
    if (values === undefined) {
      names[names.length] = name;
      mapSet(byName, name, [value]);
    } else {
      values[values.length] = value;
    }
  }
  let json = "";
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    const values = mapGet(byName, name) ?? [];
    json = withMember(writer, json, name, values.length === 1 ? values[0] : values);
  }
  return `{${json}}`;
}

/** The members of an engine's iterator, one by one: no more than could be written. */
function drained(writer: Writer, iterator: Iterator<unknown>, next: typeof nextEntry): unknown[] {
  const members: unknown[] = [];
  for (let step = next(iterator); step.done !== true; step = next(iterator)) {
    if (members.length > writer.left) {
      tooLarge();
    }
    members[members.length] = step.value;
  }
  return members;
}

function sized(writer: Writer, json: string): string {
  writer.left -= json.length;
  return writer.left < 0 ? tooLarge() : json;
}

function tooLarge(): never {
  throw TOO_LARGE;
}
