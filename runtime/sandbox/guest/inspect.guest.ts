import {
  classOf,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isArray,
  keys,
  NativeError,
  quote,
  slice,
  text,
} from "./primordials.guest.ts";

const MAX_DEPTH = 4;
const MAX_MEMBERS = 100;

/** What interfaces of the web show of themselves: they have no properties of their own. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  AbortSignal: ["aborted", "reason"],
  Blob: ["size", "type"],
  Event: ["type"],
  File: ["name", "size", "type"],
  Request: ["method", "url"],
  Response: ["status", "statusText", "url"],
  URL: ["href"],
};
const PAIRS = { FormData: true, Headers: true, URLSearchParams: true };

/** What an object of such a class shows of itself; undefined for one that shows its own properties. */
export function attributesOf(value: object, kind: string): readonly string[] | undefined {
  return hasOwn(ATTRIBUTES, kind) && keys(value).length <= 1 ? ATTRIBUTES[kind] : undefined;
}

/** Whether objects of such a class are lists of names and values. */
export function isPairs(kind: string): boolean {
  return hasOwn(PAIRS, kind);
}

/** What is left to say, and the objects that are being shown. */
interface Room {
  left: number;
  readonly path: object[];
}

/** A value in words for a log line: strings as they are, objects like literals. Never throws. */
export function describeValue(value: unknown, limit: number): string {
  try {
    return typeof value === "string" ? slice(value, 0, limit + 1) : shown(value, { left: limit, path: [] });
  } catch {
    return "[unreadable]";
  }
}

function shown(value: unknown, room: Room): string {
  const words =
    typeof value === "object" && value !== null ? shownObject(value, room) : primitive(value, room);
  room.left -= words.length;
  return words;
}

function primitive(value: unknown, room: Room): string {
  if (typeof value === "string") {
    return quote(slice(value, 0, room.left + 1));
  }
  if (typeof value === "function") {
    const name: unknown = getOwnPropertyDescriptor(value, "name")?.value;
    return typeof name === "string" && name !== "" ? `[function ${slice(name, 0, 100)}]` : "[function]";
  }
  return typeof value === "bigint" ? `${text(value)}n` : text(value);
}

function shownObject(value: object, room: Room): string {
  const { path } = room;
  for (let index = 0; index < path.length; index += 1) {
    if (path[index] === value) {
      return "[circular]";
    }
  }
  if (path.length >= MAX_DEPTH || room.left <= 0) {
    return isArray(value) ? "[…]" : "{…}";
  }
  path[path.length] = value;
  const words = inside(value, room);
  path.length -= 1;
  return words;
}

function inside(value: object, room: Room): string {
  if (value instanceof NativeError) {
    return fault(value, room);
  }
  if (isArray(value)) {
    return list(value, room);
  }
  const kind = slice(classOf(value), 8, -1);
  if (kind === "Date") {
    const date = value as Date;
    return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
  }
  if (kind === "RegExp") {
    return text(value);
  }
  if (kind === "Map" || kind === "Set") {
    const members = [...(value as Iterable<unknown>)];
    return `${kind}(${text(members.length)}) ${list(members, room)}`;
  }
  if (ArrayBuffer.isView(value) && kind !== "DataView") {
    const view = value as Uint8Array;
    return `${kind}(${text(view.length)}) ${list(view, room)}`;
  }
  return isPairs(kind)
    ? `${kind} ${members(Object.fromEntries(value as Iterable<[string, unknown]>), room)}`
    : named(value, kind, room);
}

/** An object with the name of its class, when it has one of its own. */
function named(value: object, kind: string, room: Room): string {
  const attributes = attributesOf(value, kind);
  if (attributes !== undefined) {
    const said = attributes.map(
      (name) => [name, (value as Readonly<Record<string, unknown>>)[name]] as const,
    );
    return `${kind} ${members(Object.fromEntries(said.filter(([, item]) => item !== undefined)), room)}`;
  }
  const prototype = getPrototypeOf(value) as object | null;
  const constructor: unknown =
    prototype === null ? null : getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name: unknown =
    typeof constructor === "function" ? getOwnPropertyDescriptor(constructor, "name")?.value : null;
  const prefix =
    typeof name === "string" && name !== "" && name !== "Object" ? `${slice(name, 0, 100)} ` : "";
  return prefix + members(value, room);
}

/** An error as its stack, with what caused it. */
function fault(error: Error, room: Room): string {
  let words = slice(text(error.stack ?? error), 0, room.left + 1);
  room.left -= words.length;
  for (const key of ["cause", "errors"]) {
    const member = getOwnPropertyDescriptor(error, key);
    if (member !== undefined && "value" in member && room.left > 0) {
      words += `\n  [${key}]: ${shown(member.value, room)}`;
    }
  }
  return words;
}

function list(values: ArrayLike<unknown>, room: Room): string {
  let words = "";
  for (let index = 0; index < values.length; index += 1) {
    if (index === MAX_MEMBERS || room.left <= 0) {
      return `[${words}, … ${text(values.length - index)} more]`;
    }
    words += (index === 0 ? "" : ", ") + shown(values[index], room);
  }
  return `[${words}]`;
}

function members(value: object, room: Room): string {
  const names = keys(value);
  let words = "";
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? "";
    if (index === MAX_MEMBERS || room.left <= 0) {
      return `{ ${words}, … }`;
    }
    const member = getOwnPropertyDescriptor(value, name);
    const said = member === undefined || "value" in member ? shown(member?.value, room) : "[getter]";
    words += `${index === 0 ? "" : ", "}${name}: ${said}`;
  }
  return words === "" ? "{}" : `{ ${words} }`;
}
